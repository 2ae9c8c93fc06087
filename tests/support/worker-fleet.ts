import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../platform/project.js';
import type { WorkerOrder } from './worker-process.js';

/** Worker processes of a test, restarted when they exit, as the supervisor does. */
export interface WorkerFleet {
  /** How often a worker ended and was replaced. */
  readonly deaths: () => number;
  stop(): Promise<void>;
}

/** Starts one worker process and returns when it polls. */
export async function startFleet(order: WorkerOrder): Promise<WorkerFleet> {
  let stopping = false;
  let deaths = 0;
  let current: ChildProcess;
  const start = async (): Promise<void> => {
    current = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'tests/support/worker-process.ts')], {
      cwd: projectRoot,
      env: { ...process.env, WORKER_ORDER: JSON.stringify(order) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    current.once('exit', () => {
      if (stopping) return;
      deaths += 1;
      void start();
    });
    await once(createInterface({ input: current.stdout! }), 'line');
  };
  await start();
  return {
    deaths: () => deaths,
    async stop() {
      stopping = true;
      const gone = once(current, 'exit');
      current.kill('SIGKILL');
      if (current.exitCode === null && current.signalCode === null) await gone;
    },
  };
}
