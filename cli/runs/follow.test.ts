import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CliContext } from '../program/context.js';
import { followRun } from './follow.js';

const unavailable = (): Error => {
  const status = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'connect ECONNREFUSED' });
  return Object.assign(new Error('Failed to get history', { cause: status }), { name: 'ServiceError' });
};

interface Server {
  /** Outcomes of successive calls for the result; the last one is repeated. */
  readonly results: readonly (() => Promise<unknown>)[];
  readonly answers: () => boolean;
}

/** A client of a server that is away from time to time, and of which no worker answers. */
function clientOf({ results, answers }: Server): Client {
  let asked = 0;
  const workflow = {
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflowService: {
      getSystemInfo: () => (answers() ? Promise.resolve({}) : Promise.reject(unavailable())),
    },
    getHandle: (workflowId: string) => ({
      workflowId,
      client: workflow,
      query: () => Promise.reject(unavailable()),
      result: () => results[Math.min(asked++, results.length - 1)]!(),
    }),
  };
  return { workflow } as unknown as Client;
}

function recordingCli() {
  const shown: string[] = [];
  const codes: number[] = [];
  const view = { update: (lines: readonly string[]) => void shown.push(...lines), done: () => undefined };
  const cli = { out: { progress: () => view }, exitWith: (code: number) => void codes.push(code) };
  return { cli: cli as unknown as CliContext, shown, codes };
}

describe('followRun', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says that the server is away, and asks for the result again when it is back', async () => {
    const { cli, shown, codes } = recordingCli();
    let present = false;
    const results = [() => Promise.reject(unavailable()), () => Promise.resolve('the result')];
    const waited = followRun(cli, clientOf({ results, answers: () => present }), 'run-1');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(shown).toContain('  the Temporal server does not answer; trying again');
    present = true;
    await vi.advanceTimersByTimeAsync(5000);
    expect(await waited).toEqual({ status: 'ended', result: 'the result' });
    expect(codes).toEqual([]);
  });

  it('ends with 130 and without a result when the server stays away', async () => {
    const { cli, codes } = recordingCli();
    const client = clientOf({ results: [() => Promise.reject(unavailable())], answers: () => false });
    const waited = followRun(cli, client, 'run-1', { absenceMs: 30_000 });
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await waited).toEqual({ status: 'detached' });
    expect(codes).toEqual([130]);
  });

  it('says that no worker answers, and throws what the workflow failed with', async () => {
    const { cli, shown } = recordingCli();
    const failed = new Error('Workflow execution failed');
    const results = [() => new Promise((_, reject) => setTimeout(() => reject(failed), 10_000))];
    const waited = followRun(cli, clientOf({ results, answers: () => true }), 'run-1');
    const caught = waited.catch((fault: unknown) => fault);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await caught).toBe(failed);
    expect(shown.some((line) => line.includes('no worker answers'))).toBe(true);
  });
});
