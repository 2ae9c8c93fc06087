import { setImmediate as nextTurn } from 'node:timers/promises';
import { pipelineError } from '../../contracts/errors.js';
import type { JobControl } from './protocol.js';

/**
 * Says that `done` of `total` steps of a stage are done. Awaited between steps, so that the work can be cancelled there.
 * @throws PipelineError `CANCELLED` naming the stage.
 */
export type ReportStep = (stage: string, done: number, total: number) => Promise<void>;

/** Steps of a job: each is reported after a turn of the event loop, in which a request to stop is received. */
export const stepsOf =
  ({ signal, onProgress }: JobControl): ReportStep =>
  async (stage, done, total) => {
    await nextTurn();
    if (signal.aborted) throw pipelineError('CANCELLED', { work: stage });
    onProgress({ stage, done, total });
  };

/** For work that nobody follows or cancels. */
export const unreported: ReportStep = () => Promise.resolve();
