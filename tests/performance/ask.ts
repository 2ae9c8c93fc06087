import { existsSync } from 'node:fs';
import { inject } from 'vitest';
import { processCpuNs } from '../../bench/serving/process-cpu.js';

const { url, token, pid } = inject('api');

/** Asks the API under test; POST when there is a body. @throws Error with the answer, unless it is 200. */
export async function ask<Body>(path: string, body?: unknown): Promise<Body> {
  const method = body === undefined ? 'GET' : 'POST';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}

/** Whether the CPU time of another process can be read. */
export const readsCpu = existsSync('/proc/self/task');

/** Milliseconds of CPU that the API's process used meanwhile. */
export async function cpuMsOf(work: () => Promise<unknown>): Promise<number> {
  const before = processCpuNs(pid);
  await work();
  return Number(processCpuNs(pid) - before) / 1e6;
}

/** What was measured, for people: `npm run test:performance` prints it. */
export const report = (line: string): void => void process.stdout.write(`${line}\n`);
