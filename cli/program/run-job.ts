import type { z } from 'zod';
import type { JobName, jobs as table } from '../../activities/jobs.js';
import type { JobProgress } from '../../platform/child-process/job.js';
import type { CliContext } from './context.js';
import { withInterrupt } from './interrupt.js';

type Jobs = typeof table;

/** A log gets few lines; a terminal rewrites its own. */
const LOG_INTERVAL_MS = 3000;

const progressLine = ({ stage, done, total }: JobProgress): string =>
  total > 0 ? `${stage} ${done} of ${total}` : stage;

function showProgress({ out }: CliContext): {
  readonly update: (progress: JobProgress) => void;
  readonly done: () => void;
} {
  const view = out.progress();
  const interval = view.live ? 0 : LOG_INTERVAL_MS;
  let next = 0;
  return {
    update(progress) {
      if (performance.now() < next) return;
      next = performance.now() + interval;
      view.update([progressLine(progress)]);
    },
    done: () => view.done(),
  };
}

/**
 * Computes in a process of its own and shows the progress. Ctrl-C ends the computation: the command then ends with 130.
 * @returns the job's output; null after Ctrl-C.
 * @throws PipelineError as the job threw it; `CHILD_CRASHED`, `CHILD_OUT_OF_MEMORY`.
 */
export async function runJob<Name extends JobName>(
  cli: CliContext,
  job: Name,
  input: z.input<Jobs[Name]['input']>,
): Promise<z.output<Jobs[Name]['output']> | null> {
  const { endpoints } = await cli.connect();
  const [{ createRunner }, { jobs }] = await Promise.all([
    import('../../composition/activities.js'),
    import('../../activities/jobs.js'),
  ]);
  const runner = createRunner(cli.config, endpoints);
  const view = showProgress(cli);
  const result = await withInterrupt(async (signal) => {
    try {
      return await runner.run(
        { job, input },
        { signal, onProgress: view.update, memoryMb: cli.config.trainingMemoryMb },
      );
    } catch (fault) {
      if (!signal.aborted) throw fault;
      cli.exitWith(130);
      return null;
    } finally {
      view.done();
    }
  });
  return result === null ? null : (jobs[job].output.parse(result) as z.output<Jobs[Name]['output']>);
}
