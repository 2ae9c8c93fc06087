import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import type { JobUsage, UsageLog } from '../contracts/resource-usage.js';

const MICROSECONDS = 1e6;

/** Jobs of the step that runs in this asynchronous context. */
const jobsOfStep = new AsyncLocalStorage<JobUsage[]>();

/** Adds the usage of a job to the step that runs it. */
export const noteJobUsage = (usage: JobUsage): void => void jobsOfStep.getStore()?.push(usage);

/** Divides the CPU time of a process among what it carries out. */
export interface CpuShares {
  /** Something begins. @returns ends it and tells its share in CPU-seconds. */
  begin(): () => number;
}

/**
 * Equal shares: between two beginnings or ends, the CPU time goes in equal parts to everything under way. A process has
 * no count of its own for each of several things that it does at a time, and equal shares add up to what it used.
 * @param cpuSeconds - of the process since its start.
 */
export function createCpuShares(cpuSeconds: () => number): CpuShares {
  const shares = new Map<symbol, number>();
  let counted = cpuSeconds();
  const divide = (): void => {
    const used = cpuSeconds();
    for (const [key, share] of shares) shares.set(key, share + (used - counted) / shares.size);
    counted = used;
  };
  return {
    begin() {
      divide();
      const key = Symbol();
      shares.set(key, 0);
      return () => {
        divide();
        const share = shares.get(key) ?? 0;
        shares.delete(key);
        return share;
      };
    },
  };
}

function cpuOfProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS;
}

/** What is read of an activity's context. */
export type UsageContext = { readonly info: Pick<Context['info'], 'activityId' | 'attempt' | 'activityType'> } & {
  readonly info: { readonly workflowExecution?: { readonly workflowId: string; readonly runId: string } };
};

/**
 * Records what each attempt of a step used, whatever its outcome. A record that cannot be written is lost: the step has
 * done its work.
 * @param onLost - told why.
 */
export const createUsageInterceptor = (
  log: UsageLog,
  onLost: (fault: unknown) => void,
  shares: CpuShares = createCpuShares(cpuOfProcess),
) =>
  function interceptor(context: UsageContext): ActivityInterceptors {
    const inbound: ActivityInboundCallsInterceptor = {
      async execute(input, next) {
        const startedAt = new Date();
        const end = shares.begin();
        const jobs: JobUsage[] = [];
        try {
          return await jobsOfStep.run(jobs, () => next(input));
        } finally {
          const step = { startedAt, jobs, workerSeconds: end() };
          await recordStep(log, context, step).catch(onLost);
        }
      },
    };
    return { inbound };
  };

interface EndedStep {
  readonly startedAt: Date;
  readonly jobs: readonly JobUsage[];
  readonly workerSeconds: number;
}

async function recordStep(log: UsageLog, { info }: UsageContext, step: EndedStep): Promise<void> {
  const { workflowExecution: workflow, activityId, attempt, activityType: activity } = info;
  if (workflow === undefined) return;
  const { startedAt, jobs, workerSeconds } = step;
  const computingSeconds = jobs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const peakMemoryMb = jobs.length === 0 ? null : Math.max(...jobs.map((job) => job.peakMemoryMb));
  const used = { computingSeconds, workerSeconds, peakMemoryMb, startedAt, endedAt: new Date() };
  await log.record({ ...workflow, activityId, attempt, activity, ...used });
}
