import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualTerminal } from '../../tests/support/virtual-terminal.js';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { followRun } from './follow.js';

const unavailable = (): Error => {
  const status = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'connect ECONNREFUSED' });
  return Object.assign(new Error('Failed to get history', { cause: status }), { name: 'ServiceError' });
};

/** What a worker answers to the query for progress. */
const report = (stage: string, state: string) => ({ stage, lines: [{ name: 'dataset', state, detail: '40 rows' }] });

interface Server {
  /** Outcomes of successive calls for the result; the last one is repeated. */
  readonly results: readonly (() => Promise<unknown>)[];
  readonly answers: () => boolean;
  /** The progress report; without it no worker answers. */
  readonly progress?: () => unknown;
  /** Milliseconds since the run began. @default 0 */
  readonly age?: number;
}

/** A client of a server that is away from time to time, and of which no worker answers. */
function clientOf({ results, answers, progress, age = 0 }: Server): Client {
  let asked = 0;
  const workflow = {
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflowService: {
      getSystemInfo: () => (answers() ? Promise.resolve({}) : Promise.reject(unavailable())),
    },
    getHandle: (workflowId: string) => ({
      workflowId,
      client: workflow,
      query: () => (progress === undefined || !answers() ? Promise.reject(unavailable()) : Promise.resolve(progress())),
      describe: () =>
        Promise.resolve({
          workflowId,
          startTime: new Date(Date.now() - age),
          raw: {},
          typedSearchAttributes: { getAll: () => [] },
        }),
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

/** A command on a terminal in memory. */
function terminalCli() {
  const terminal = new VirtualTerminal(100, 20);
  const options = { json: false, verbose: false, terminal: { NO_COLOR: '1' } };
  const out = createOutput({ stdout: terminal, stderr: terminal }, options);
  return { terminal, cli: { out, exitWith: () => undefined } as unknown as CliContext };
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

  it('shows the age of a run that began before the command', async () => {
    const { cli, terminal } = terminalCli();
    const results = [() => new Promise(() => undefined)];
    const progress = () => report('dataset', 'running');
    void followRun(cli, clientOf({ results, answers: () => true, progress, age: 240_000 }), 'run-1');
    await vi.advanceTimersByTimeAsync(3000);
    expect(terminal.everything()[0]).toMatch(/^run-1 {2}4 min/);
  });

  it('keeps the table of a terminal while the server is away, and leaves its last state standing', async () => {
    const { cli, terminal } = terminalCli();
    let present = true;
    let state = 'running';
    let end: (result: string) => void = () => undefined;
    const results = [() => new Promise((resolve) => (end = resolve))];
    const client = clientOf({ results, answers: () => present, progress: () => report('dataset', state) });
    const waited = followRun(cli, client, 'run-1');
    await vi.advanceTimersByTimeAsync(3000);
    const table = ['step     stage    result', 'dataset  running  40 rows'];
    expect(terminal.everything()).toEqual(['run-1  3.0 s', ...table]);
    present = false;
    await vi.advanceTimersByTimeAsync(2000);
    const remark = '  the Temporal server does not answer; trying again';
    expect(terminal.everything()).toEqual([expect.stringMatching(/^run-1 /), ...table, remark]);
    present = true;
    state = 'done';
    end('the result');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await waited).toEqual({ status: 'ended', result: 'the result' });
    const last = ['step     stage  result', 'dataset  done   40 rows'];
    expect(terminal.everything()).toEqual([expect.stringMatching(/^run-1 /), ...last]);
  });

  it('detaches on Ctrl-C, with the cursor below the table and the ^C of the terminal erased', async () => {
    const { cli, terminal } = terminalCli();
    const results = [() => new Promise(() => undefined)];
    const client = clientOf({ results, answers: () => true, progress: () => report('dataset', 'running') });
    const waited = followRun(cli, client, 'run-1');
    await vi.advanceTimersByTimeAsync(1500);
    terminal.write('^C');
    process.emit('SIGINT');
    expect(await waited).toEqual({ status: 'detached' });
    cli.out.line('run-1 goes on');
    await vi.advanceTimersByTimeAsync(5000);
    expect(terminal.everything().slice(1)).toEqual([
      'step     stage    result',
      'dataset  running  40 rows',
      'run-1 goes on',
    ]);
    expect(terminal.listeners).toBe(0);
  });
});
