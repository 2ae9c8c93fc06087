import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { asPipelineError, PipelineError } from '../../contracts/errors.js';
import { isSynthetic } from '../../contracts/ids.js';
import type { AttributionMethod, ModelDefinition } from '../../contracts/model-definition.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { answer, type OpenArtefact } from '../../inference/answer.js';
import { dataVersionsOf } from '../../inference/predict-by-reference.js';
import { trainedWith } from '../../inference/request-features.js';
import type { DataVersion } from '../../registry/artefacts.js';
import { createRowsATurn, MOST_ROWS_A_TURN, type RowsATurn } from '../batching/batch-size.js';
import { createTurnBatches } from '../batching/micro-batches.js';
import type { AnswerCache } from '../cache/answer-cache.js';
import { problemOf } from '../http/problem.js';
import { type AnsweredRow, toLoggedAnswer } from '../log/logged-answer.js';
import type { PredictionLog } from '../log/prediction-log.js';
import type { Caller } from '../identity/verify-token.js';
import type { BorrowedVersion, Router } from '../routing/router.js';
import type { RouteWish } from '../routing/route-table.js';
import type { Prediction, RowProblem } from './prediction.js';
import { readRequest } from './prediction-request.js';
import { readStored, type StoredInput } from './read-stored.js';
import { settleRows } from './settle-rows.js';
import { answerAt, type SingleAnswer } from './single-answer.js';

export interface PredictionDeps {
  readonly router: Pick<Router, 'borrow'>;
  readonly onlineStore: Pick<OnlineStore, 'get' | 'getStates'>;
  readonly cache: AnswerCache;
  readonly log: Pick<PredictionLog, 'append' | 'appendDurably'>;
  /** Milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** What is asked, by whom, and of which version. */
export interface Asked {
  readonly model: ModelDefinition;
  readonly caller: Caller;
  readonly wish: RouteWish;
  readonly explain: boolean;
  /** Whether the request is so long that reading, checking and answering it are turns of the event loop each. */
  readonly isLarge?: boolean;
  /** How a text is explained. @default the model's own way */
  readonly method?: AttributionMethod | undefined;
}

/** The predictor's input of one row, with what was read for it and whom it is about. */
type Row = StoredInput & Pick<AnsweredRow, 'subject'> & { readonly byReference: boolean };

function* inGroups(bodies: readonly unknown[]): Generator<readonly unknown[]> {
  for (let start = 0; start < bodies.length; start += MOST_ROWS_A_TURN)
    yield bodies.slice(start, start + MOST_ROWS_A_TURN);
}

/** Answers requests through the versions that the router has open. */
export class Predictions {
  readonly #deps: PredictionDeps;
  readonly #answerInTurn = createTurnBatches(MOST_ROWS_A_TURN);
  readonly #rowsATurn = new WeakMap<OpenArtefact, RowsATurn>();

  constructor(deps: PredictionDeps) {
    this.#deps = deps;
  }

  /**
   * Answers one request, and records the answer.
   * @throws PipelineError as `readRequest`, `readStored`, `Router.borrow`, `answer` and `PredictionLog`.
   */
  async one(asked: Asked, body: unknown): Promise<Prediction> {
    const since = performance.now();
    if (asked.isLarge) await nextTurn(); // its body was parsed in this one
    const version = await this.#borrow(asked);
    try {
      const row = await this.#readRow(asked, version, body);
      const prediction = toPrediction(version, row, await this.#answerOne(asked, version, row));
      await this.#record(asked, [{ ...row, prediction }], since);
      return prediction;
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
    if (asked.isLarge) await nextTurn(); // the body was parsed in this one
    for await (const some of this.stream(asked, inGroups(bodies))) answers.push(...some);
    return answers;
  }

  /** @throws PipelineError as `Router.borrow`, before a stream of answers begins. */
  async expectAnswerable(asked: Asked): Promise<void> {
    (await this.#borrow(asked)).release();
  }

  /** As `many`, for groups of rows that arrive one after another; yields the answers of each group. */
  async *stream(
    asked: Asked,
    groups: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
  ): AsyncGenerator<readonly (Prediction | RowProblem)[]> {
    const version = await this.#borrow(asked);
    try {
      for await (const bodies of groups) {
        yield await this.#inTurns(asked, version, bodies);
      }
    } finally {
      version.release();
    }
  }

  #borrow({ model, wish }: Asked): Promise<BorrowedVersion> {
    return this.#deps.router.borrow(model.name, wish);
  }

  /** The answer of one row: stored, or computed with what else arrives in this turn where the model gains by it. */
  #answerOne(
    { model, explain, method, isLarge = false }: Asked,
    { open, record }: Version,
    row: Row,
  ): Promise<SingleAnswer> {
    const { batched = false, cacheSeconds } = model.serving ?? {};
    const reads = readsOf(model, open, [row]);
    const compute = async (): Promise<SingleAnswer> =>
      batched && !explain && !isLarge
        ? this.#answerInTurn(open, { input: row.input, reads })
        : answerAt(await answer(open, { inputs: [row.input], explain, method, reads, isLarge }), 0);
    if (cacheSeconds === undefined) return compute();
    const { artefactHash, modelName } = record;
    const question = [explain, method ?? null, open.variant ?? null, row.byReference, row.input];
    return this.#deps.cache.through({ modelName, artefactHash, question }, cacheSeconds, compute);
  }

  /** Between two turns of the event loop other requests are answered. */
  async #inTurns(asked: Asked, version: Version, bodies: readonly unknown[]): Promise<(Prediction | RowProblem)[]> {
    const pace = this.#paceOf(version.open);
    const answers: (Prediction | RowProblem)[] = [];
    while (answers.length < bodies.length) {
      const some = bodies.slice(answers.length, answers.length + pace.next());
      answers.push(...(await this.#turn(asked, version, some)));
      await nextTurn();
    }
    return answers;
  }

  #paceOf(open: OpenArtefact): RowsATurn {
    const known = this.#rowsATurn.get(open) ?? createRowsATurn();
    this.#rowsATurn.set(open, known);
    return known;
  }

  async #turn(asked: Asked, version: Version, bodies: readonly unknown[]): Promise<(Prediction | RowProblem)[]> {
    const since = performance.now();
    const rows = await Promise.all(
      bodies.map((body) => this.#readRow(asked, version, body).catch((fault: unknown) => asPipelineError(fault))),
    );
    const readable = rows.filter((row): row is Row => !(row instanceof PipelineError));
    const answeringSince = performance.now();
    const answered = await answerEach(asked, version, readable);
    if (readable.length > 0) this.#paceOf(version.open).took(readable.length, performance.now() - answeringSince);
    const answers = (await this.#recordAll(asked, { rows: readable, answered }, since)).values();
    return rows.map((row) => (row instanceof PipelineError ? { error: problemOf(row) } : answers.next().value!));
  }

  async #readRow({ model, caller }: Asked, { record: { line }, open }: Version, body: unknown): Promise<Row> {
    const request = readRequest(model, body, caller);
    if (request.kind === 'inputs')
      return { input: request.input, reads: null, byReference: false, subject: caller.userId };
    const { manifest } = open;
    const stored = await readStored(this.#deps.onlineStore, model, { ...request, line, manifest }, this.#now());
    return { ...stored, byReference: true, subject: request.userId };
  }

  #now(): number {
    return (this.#deps.now ?? Date.now)();
  }

  /** Resolves at once unless the answers must be durable. */
  async #record({ model }: Asked, rows: readonly AnsweredRow[], since: number): Promise<void> {
    const isAnnotated = model.labelling?.kind === 'spans';
    const moment = { at: this.#now(), latencyMs: performance.now() - since, isAnnotated };
    const answers = rows.map((row) => toLoggedAnswer(row, moment));
    if (model.serving?.durableLog === true) await this.#deps.log.appendDurably(answers);
    else this.#deps.log.append(answers);
  }

  /** The answers; each a problem instead when they had to be recorded and could not. */
  async #recordAll(
    asked: Asked,
    { rows, answered }: { readonly rows: readonly Row[]; readonly answered: readonly (Prediction | RowProblem)[] },
    since: number,
  ): Promise<readonly (Prediction | RowProblem)[]> {
    const pairs = rows.flatMap((row, i): AnsweredRow[] => {
      const prediction = answered[i]!;
      return 'error' in prediction ? [] : [{ ...row, prediction }];
    });
    try {
      if (pairs.length > 0) await this.#record(asked, pairs, since);
      return answered;
    } catch (fault) {
      return answered.map((row) => ('error' in row ? row : { error: problemOf(fault) }));
    }
  }
}

interface Version {
  readonly open: OpenArtefact;
  readonly record: VersionRecord;
}

const readsOf = (
  { requestFeatures }: ModelDefinition,
  { manifest }: OpenArtefact,
  rows: readonly Row[],
): readonly DataVersion[] =>
  requestFeatures !== undefined && rows.some(({ byReference }) => byReference)
    ? dataVersionsOf(trainedWith(requestFeatures, manifest))
    : [];

async function answerEach(
  asked: Asked,
  version: Version,
  rows: readonly Row[],
): Promise<readonly (Prediction | RowProblem)[]> {
  const settled = await settleRows(rows, (some) => answerRows(asked, version, some));
  return settled.map((row) => (row.status === 'fulfilled' ? row.value : { error: problemOf(row.reason) }));
}

async function answerRows(
  { model, explain }: Asked,
  { open, record }: Version,
  rows: readonly Row[],
): Promise<Prediction[]> {
  const reads = readsOf(model, open, rows);
  const answers = await answer(open, { inputs: rows.map(({ input }) => input), explain, reads });
  return rows.map((row, i) => toPrediction({ open, record }, row, answerAt(answers, i)));
}

const toPrediction = (
  { record: { modelName, line, version, stage }, open: { variant } }: Version,
  { reads, byReference }: Row,
  answered: SingleAnswer,
): Prediction => ({
  predictionId: randomUUID(),
  model: modelName,
  line,
  synthetic: isSynthetic(line),
  version,
  stage,
  ...(variant && { variant }),
  ...answered,
  abstained: answered.coverage?.abstained === true,
  ...(byReference ? { features: reads ?? 'missing' } : {}),
});
