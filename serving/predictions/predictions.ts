import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asPipelineError, PipelineError } from '../../contracts/errors.js';
import { isSynthetic, type Stage } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { answer, type AnswerCoverage, type Answers, type OpenArtefact } from '../../inference/answer.js';
import { dataVersionsOf, type FeatureReads } from '../../inference/predict-by-reference.js';
import { type Problem, problemOf } from '../http/problem.js';
import type { Caller } from '../identity/verify-token.js';
import type { BorrowedVersion, Router } from '../routing/router.js';
import type { RouteWish } from '../routing/route-table.js';
import { readRequest } from './prediction-request.js';
import { readStored, type StoredInput } from './read-stored.js';

/** One answer of the API. */
export interface Prediction {
  readonly predictionId: string;
  readonly model: string;
  readonly line: string;
  /** Whether the version learned from generated customers. */
  readonly synthetic: boolean;
  readonly version: string;
  readonly stage: Stage;
  /** The model's own output; null where it abstained. */
  readonly output: unknown;
  readonly explanation?: unknown;
  readonly abstained: boolean;
  /** What the input lacked; absent for a version that needs all of it. */
  readonly coverage?: AnswerCoverage;
  /** What was read for a request by reference; `missing`: nothing could be, so the answer is from what was sent. */
  readonly features?: FeatureReads | 'missing';
}

/** One row of a batch that has no answer. */
export interface RowProblem {
  readonly error: Problem;
}

export interface PredictionDeps {
  readonly router: Pick<Router, 'borrow'>;
  readonly onlineStore: Pick<OnlineStore, 'get' | 'getStates'>;
  /** Milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** What is asked, by whom, and of which version. */
export interface Asked {
  readonly model: ModelDefinition;
  readonly caller: Caller;
  readonly wish: RouteWish;
  readonly explain: boolean;
}

/** The predictor's input of one row, with what was read for it. */
type Row = StoredInput & { readonly byReference: boolean };

/** Rows that are answered in one turn of the event loop: between two turns other requests are answered. */
export const ROWS_A_TURN = 32;

function* inTurns(bodies: readonly unknown[]): Generator<readonly unknown[]> {
  for (let start = 0; start < bodies.length; start += ROWS_A_TURN) yield bodies.slice(start, start + ROWS_A_TURN);
}

/** Answers requests through the versions that the router has open. */
export class Predictions {
  readonly #deps: PredictionDeps;

  constructor(deps: PredictionDeps) {
    this.#deps = deps;
  }

  /**
   * Answers one request.
   * @throws PipelineError as `readRequest`, `readStored`, `Router.borrow` and `answer`.
   */
  async one(asked: Asked, body: unknown): Promise<Prediction> {
    const version = await this.#borrow(asked);
    try {
      const row = await this.#readRow(asked, version.record, body);
      return (await answerRows(asked, version, [row]))[0]!;
    } finally {
      version.release();
    }
  }

  /**
   * Answers rows, each or with its own problem, in their order; all by one version.
   * @throws PipelineError as `Router.borrow`.
   */
  async many(asked: Asked, bodies: readonly unknown[]): Promise<(Prediction | RowProblem)[]> {
    const answers: (Prediction | RowProblem)[] = [];
    for await (const some of this.stream(asked, inTurns(bodies))) answers.push(...some);
    return answers;
  }

  /** @throws PipelineError as `Router.borrow`, before a stream of answers begins. */
  async expectAnswerable(asked: Asked): Promise<void> {
    (await this.#borrow(asked)).release();
  }

  /** As `many`, for groups of rows that arrive one after another. @param groups - of at most `ROWS_A_TURN` rows. */
  async *stream(
    asked: Asked,
    groups: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
  ): AsyncGenerator<readonly (Prediction | RowProblem)[]> {
    const version = await this.#borrow(asked);
    try {
      for await (const bodies of groups) {
        yield await this.#turn(asked, version, bodies);
        await nextTurn();
      }
    } finally {
      version.release();
    }
  }

  #borrow({ model, wish }: Asked): Promise<BorrowedVersion> {
    return this.#deps.router.borrow(model.name, wish);
  }

  async #turn(asked: Asked, version: Version, bodies: readonly unknown[]): Promise<(Prediction | RowProblem)[]> {
    const rows = await Promise.all(
      bodies.map((body) =>
        this.#readRow(asked, version.record, body).catch((fault: unknown) => asPipelineError(fault)),
      ),
    );
    const readable = rows.filter((row): row is Row => !(row instanceof PipelineError));
    const answers = (await answerEach(asked, version, readable)).values();
    return rows.map((row) => (row instanceof PipelineError ? { error: problemOf(row) } : answers.next().value!));
  }

  async #readRow({ model, caller }: Asked, { line }: VersionRecord, body: unknown): Promise<Row> {
    const request = readRequest(model, body, caller);
    if (request.kind === 'inputs') return { input: request.input, reads: null, byReference: false };
    const now = (this.#deps.now ?? Date.now)();
    return { ...(await readStored(this.#deps.onlineStore, model, { ...request, line }, now)), byReference: true };
  }
}

interface Version {
  readonly open: OpenArtefact;
  readonly record: VersionRecord;
}

/** A row that the predictor refuses spoils no other: then they are answered one by one. */
async function answerEach(
  asked: Asked,
  version: Version,
  rows: readonly Row[],
): Promise<readonly (Prediction | RowProblem)[]> {
  try {
    return await answerRows(asked, version, rows);
  } catch (fault) {
    if (rows.length === 1) return [{ error: problemOf(fault) }];
  }
  const answers: (Prediction | RowProblem)[] = [];
  for (const row of rows) answers.push(...(await answerEach(asked, version, [row])));
  return answers;
}

async function answerRows(
  { model, explain }: Asked,
  { open, record }: Version,
  rows: readonly Row[],
): Promise<Prediction[]> {
  const { requestFeatures } = model;
  const reads = rows.some(({ byReference }) => byReference) && requestFeatures ? dataVersionsOf(requestFeatures) : [];
  const answers = await answer(open, { inputs: rows.map(({ input }) => input), explain, reads });
  return rows.map((row, i) => toPrediction(record, row, answerAt(answers, i)));
}

interface SingleAnswer {
  readonly output: unknown;
  readonly explanation?: unknown;
  readonly coverage?: AnswerCoverage;
}

const answerAt = ({ outputs, explanations, coverage }: Answers, i: number): SingleAnswer => ({
  output: outputs[i],
  ...(explanations === undefined ? {} : { explanation: explanations[i] }),
  ...(coverage === undefined ? {} : { coverage: coverage[i]! }),
});

const toPrediction = (
  { modelName, line, version, stage }: VersionRecord,
  { reads, byReference }: Row,
  answered: SingleAnswer,
): Prediction => ({
  predictionId: randomUUID(),
  model: modelName,
  line,
  synthetic: isSynthetic(line),
  version,
  stage,
  ...answered,
  abstained: answered.coverage?.abstained === true,
  ...(byReference ? { features: reads ?? 'missing' } : {}),
});
