import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { Reusable, ReusableStep, RunName, StepRecord } from '../contracts/steps.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { isResultStored } from '../training/stored-results.js';
import type { StepDeps } from './dependencies.js';
import { jobs as table } from './jobs.js';
import { contentOfInput, restateResult } from './restate-result.js';
import { runJob } from './run-job.js';

type Table = typeof table;
type Input<Name extends ReusableStep> = z.input<Table[Name]['input']>;
type Output<Name extends ReusableStep> = z.output<Table[Name]['output']>;

/** The run that a step belongs to, and whether it may take results of other runs. */
export interface StepOfRun {
  readonly runKey: string;
  readonly modelName: string | null;
  readonly cache: boolean;
  /** Index of a shard. @default 0 */
  readonly part?: number;
  /**
   * What the result follows from in the snapshot of the input, so that a snapshot of the same content gives the same.
   * @default the hash of the snapshot
   */
  readonly content?: object;
}

/**
 * Fields of an input that do not change the result: they name the run, repeat another field, or say where a part is
 * known. What was made bucket by bucket gives what is made at once.
 */
const notOfResult: ReadonlySet<string> = new Set([
  ...['runKey', 'cache', 'holdoutHashes', 'scoredIn', 'championScoredIn'],
  'made',
]);

/**
 * Hash of everything that the result of a step follows from.
 * @param input - with contents in place of references to what is stored under another name in each run.
 */
export const cacheKeyOf = (step: ReusableStep, code: string, input: object): string =>
  hashOfJson({
    step,
    code,
    input: Object.fromEntries(Object.entries(input).filter(([name]) => !notOfResult.has(name))),
  });

async function keyOf(deps: StepDeps, step: ReusableStep, input: object, { modelName, content }: StepOfRun) {
  const code = deps.codeOf(step, modelName);
  return { code, cacheKey: cacheKeyOf(step, code, await contentOfInput(deps.blobs, asRecord(input), content)) };
}

/**
 * The result of a job: that of an earlier run with an input of the same content and the same code, when every blob of it
 * is still stored, else computed in a child process. A result that names a snapshot or data set is given as computing it
 * would: with those of this input. The run's log gets a record in either case. An attempt that was lost after its record
 * finds it again, also in a run without reuse.
 * @throws PipelineError as `runJob`.
 */
export async function runStep<Name extends ReusableStep>(
  deps: StepDeps,
  step: Name,
  input: Input<Name>,
  stepOfRun: StepOfRun,
): Promise<Reusable<Output<Name>>> {
  const { runKey, modelName, cache, part = 0 } = stepOfRun;
  const { code, cacheKey } = await keyOf(deps, step, input, stepOfRun);
  const run = { runKey, workflowId: Context.current().info.workflowExecution?.workflowId ?? runKey };
  const place = { ...run, step, part, modelName, cacheKey, code };
  const earlier = await findEarlier(deps, cacheKey, cache ? null : runKey);
  if (earlier !== null) {
    const found = { input: asRecord(input), earlier: earlier.input, output: outputOf(step, earlier) };
    const restated = await restateResult(deps, step, found);
    await deps.steps.record({ ...earlier, ...place, input: inputOf(found), output: asRecord(restated) });
    return reused(restated, earlier, run);
  }
  const output = await runJob(deps, step, input);
  const { environment, codeVersion } = deps;
  const record = { ...place, input: asRecord(input), output: asRecord(output), environment, codeVersion };
  if (isReusable(output)) await deps.steps.record({ ...record, computedBy: run });
  return output as Reusable<Output<Name>>;
}

/** True when `runStep` would take the result from an earlier run, or has it from an attempt of this one. */
export async function isKnown<Name extends ReusableStep>(
  deps: StepDeps,
  step: Name,
  input: Input<Name>,
  stepOfRun: StepOfRun,
): Promise<boolean> {
  const { runKey, cache } = stepOfRun;
  const { cacheKey } = await keyOf(deps, step, input, stepOfRun);
  return (await findEarlier(deps, cacheKey, cache ? null : runKey)) !== null;
}

const asRecord = (value: object): Record<string, unknown> => ({ ...value });

const outputOf = <Name extends ReusableStep>(step: Name, { output }: StepRecord): Output<Name> =>
  table[step].output.parse(output) as Output<Name>;

/** What this run asked for, with the parts that the result is made of: later runs look them up. */
const inputOf = ({ input, earlier }: Readonly<Record<'input' | 'earlier', Record<string, unknown>>>) =>
  earlier.made === undefined ? input : { ...input, made: earlier.made };

/** A training that wanted an encoder and found none could end otherwise the next time. */
const isReusable = (output: object): boolean => !('encoderMissing' in output && output.encoderMissing === true);

/** @param ownRun - only a result of this run is wanted; null: of any. */
async function findEarlier(deps: StepDeps, cacheKey: string, ownRun: string | null): Promise<StepRecord | null> {
  const found = await deps.steps.findByKey(cacheKey);
  if (found === null || (ownRun !== null && found.computedBy.runKey !== ownRun)) return null;
  return (await isResultStored(deps.blobs, found)) ? found : null;
}

const reused = <Result extends object>(
  result: Result,
  { computedBy }: StepRecord,
  { runKey }: RunName,
): Reusable<Result> => (computedBy.runKey === runKey ? result : { ...result, reusedFrom: computedBy.workflowId });
