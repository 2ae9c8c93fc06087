import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { Reusable, ReusableStep, RunName, StepRecord } from '../contracts/steps.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { isResultStored } from '../training/stored-results.js';
import type { StepDeps } from './dependencies.js';
import { jobs as table } from './jobs.js';
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
}

/**
 * Fields of an input that do not change the result: they name the run, repeat another field, or say where a part is
 * known. What was made bucket by bucket gives what is made at once.
 */
const notOfResult: ReadonlySet<string> = new Set([
  ...['runKey', 'cache', 'holdoutHashes', 'scoredIn', 'championScoredIn'],
  'made',
]);

/** Hash of everything that the result of a step follows from. */
export const cacheKeyOf = (step: ReusableStep, code: string, input: object): string =>
  hashOfJson({
    step,
    code,
    input: Object.fromEntries(Object.entries(input).filter(([name]) => !notOfResult.has(name))),
  });

/**
 * The result of a job: that of an earlier run with the same input and code, when every blob of it is still stored, else
 * computed in a child process. The run's log gets a record in either case. An attempt that was lost after its record
 * finds it again, also in a run without reuse.
 * @throws PipelineError as `runJob`.
 */
export async function runStep<Name extends ReusableStep>(
  deps: StepDeps,
  step: Name,
  input: Input<Name>,
  { runKey, modelName, cache, part = 0 }: StepOfRun,
): Promise<Reusable<Output<Name>>> {
  const code = deps.codeOf(step, modelName);
  const cacheKey = cacheKeyOf(step, code, input);
  const run = { runKey, workflowId: Context.current().info.workflowExecution?.workflowId ?? runKey };
  const place = { ...run, step, part, modelName, cacheKey, code };
  const earlier = await findEarlier(deps, cacheKey, cache ? null : runKey);
  if (earlier !== null) {
    await deps.steps.record({ ...earlier, ...place });
    return reused(table[step].output.parse(earlier.output) as Output<Name>, earlier, run);
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
  { runKey, modelName, cache }: StepOfRun,
): Promise<boolean> {
  const cacheKey = cacheKeyOf(step, deps.codeOf(step, modelName), input);
  return (await findEarlier(deps, cacheKey, cache ? null : runKey)) !== null;
}

const asRecord = (value: object): Record<string, unknown> => ({ ...value });

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
