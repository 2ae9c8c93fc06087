import type { Client } from '@temporalio/client';
import { QueryNotRegisteredError } from '@temporalio/client';
import { expect, it } from 'vitest';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { cancelRun } from './cancel.js';

const noAnswer = () => Promise.reject(Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4 }));

/** Of a worker that has the workflow but not the query. */
const notRegistered = Object.assign(Object.create(QueryNotRegisteredError.prototype) as Error, { message: 'no query' });

/** A server with one running workflow; a cancellation takes effect when `ask` resolves, as a worker's answer does. */
function commandOn(ask: () => Promise<unknown>) {
  let [status, calls] = ['RUNNING', 0];
  const workflow = {
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflowService: { getSystemInfo: () => Promise.resolve({}) },
    getHandle: (workflowId: string) => ({
      workflowId,
      client: workflow,
      query: ask,
      cancel: () => Promise.resolve(void (calls += 1)),
      describe: () =>
        Promise.resolve({ workflowId, type: 'trainModel', status: { name: status }, startTime: new Date(), raw: {} }),
      result: () => {
        status = 'CANCELLED';
        return Promise.reject(new Error('Workflow execution cancelled'));
      },
    }),
  };
  const printed: string[] = [];
  const stream = { isTTY: false, write: (text: string) => printed.push(text) > 0 };
  const connection = {
    temporal: () => Promise.resolve({ workflow } as unknown as Client),
    services: { registry: { listRuns: () => Promise.resolve([]) } },
  };
  const out = createOutput({ stdout: stream, stderr: stream }, { json: false, verbose: false, terminal: {} });
  const cli = { out, connect: () => Promise.resolve(connection), exitWith: () => undefined };
  return { cli: cli as unknown as CliContext, printed, calls: () => calls };
}

it('asks for the cancellation and ends while no worker answers', async () => {
  const { cli, printed, calls } = commandOn(noAnswer);
  await cancelRun(cli, 'run-1');
  expect(calls()).toBe(1);
  expect(printed.join('')).toContain('the cancellation of run-1 is asked for; it takes effect when a worker answers');
  expect(printed.join('')).not.toContain('is cancelled');
});

it.each([
  ['a worker answers', () => Promise.resolve('stack'), {}],
  ['a worker answers that does not know the query', () => Promise.reject(notRegistered), {}],
  ['it is told to', noAnswer, { wait: true }],
])('waits for the end when %s', async (_when, ask, options) => {
  const { cli, printed } = commandOn(ask);
  await cancelRun(cli, 'run-1', options);
  expect(printed.join('')).toContain('run-1 is cancelled');
});
