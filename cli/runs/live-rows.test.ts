import { describe, expect, it } from 'vitest';
import type { LineCourse, RunCourse } from '../../platform/temporal/read-progress.js';
import type { WaitingStep } from '../../platform/temporal/waiting-steps.js';
import type { DurationBook } from './expected-durations.js';
import { liveTable } from './live-rows.js';

const NOW = Date.parse('2026-11-30T03:01:00Z');
const startedAt = new Date(NOW - 30_000);
const unknown: DurationBook = { of: () => null };
const known: DurationBook = { of: () => ({ fit: 60_000, evaluation: 30_000, registration: 10_000 }) };

const line = (name: string, state: string, change: Partial<LineCourse> = {}): LineCourse => ({
  name,
  state,
  detail: '',
  child: null,
  pending: null,
  ...change,
});
const steps = (running: string) => {
  const names = ['plan', 'dataset', 'training', 'evaluation', 'card'];
  const at = names.indexOf(running);
  return names.map((name, i) => {
    const state = i < at ? 'done' : i === at ? 'running' : 'waiting';
    return line(name, state, { detail: name === 'evaluation' && i < at ? 'aucRoc 0.842' : '' });
  });
};
const course = (lines: readonly LineCourse[], modelName: string | null = null): RunCourse => ({
  workflowId: 'retraining',
  startedAt,
  modelName,
  stage: 'training',
  lines,
});
const failed: WaitingStep = {
  step: 'fitModel',
  attempt: 7,
  failure: { code: 'SERVICE_UNAVAILABLE', message: 'the database at 127.0.0.1:5432 does not answer: refused' },
  pauseSeconds: 30,
  nextAttemptAt: NOW + 11_500,
};
const heartbeat = { stage: 'boosting', done: 40, total: 100 };

describe('the rows of a retraining', () => {
  const rowsOf = (lines: readonly LineCourse[], durations = unknown) =>
    liveTable(course(lines), { durations, now: NOW });

  it('show step, share of the steps and metric of a running model', () => {
    const child = { startedAt, lines: steps('card') };
    const { title, rows } = rowsOf([
      line('data pipeline', 'done', { detail: 'snapshot 1' }),
      line('credit', 'running', { child }),
    ]);
    expect(title).toBe('model');
    expect(rows).toMatchObject([
      { name: 'data pipeline', stage: 'done', mood: 'good', fraction: null, result: 'snapshot 1' },
      {
        name: 'credit',
        stage: 'card',
        mood: 'running',
        fraction: 0.8,
        remaining: null,
        result: 'aucRoc 0.842',
        note: null,
      },
    ]);
  });

  it('estimate the rest from earlier runs, but not for a step that waits', () => {
    const child = { startedAt, lines: steps('training') };
    const pending = { waiting: null, heartbeat };
    const [running] = rowsOf([line('credit', 'running', { child, pending })], known).rows;
    expect(running).toMatchObject({ stage: 'training: boosting 40 of 100', fraction: 0.3, remaining: 70_000 });
    const stuck = { waiting: failed, heartbeat: null };
    const [waiting] = rowsOf([line('credit', 'running', { child, pending: stuck })], known).rows;
    expect(waiting).toMatchObject({
      mood: 'stuck',
      fraction: 0.3,
      remaining: null,
      note: 'attempt 7, next try in 12 s: refused (waiting for the database at 127.0.0.1:5432)',
    });
  });

  it('say that a model is queued without calling it a failure, and nothing of one that computes again', () => {
    const child = { startedAt, lines: steps('training') };
    const queued = { waiting: { ...failed, failure: null, pauseSeconds: null, nextAttemptAt: null }, heartbeat: null };
    const again = { waiting: { ...failed, pauseSeconds: null, nextAttemptAt: null }, heartbeat };
    const { rows } = rowsOf(
      [line('a', 'running', { child, pending: queued }), line('b', 'running', { child, pending: again })],
      known,
    );
    expect(rows[0]).toMatchObject({
      stage: 'training: waiting for a free worker',
      mood: 'running',
      note: null,
      remaining: null,
    });
    expect(rows[1]).toMatchObject({ stage: 'training: boosting 40 of 100', mood: 'running', note: null });
  });

  it('estimate nothing for the data pipeline, which is no model', () => {
    const child = { startedAt, lines: [line('extract', 'done'), line('snapshot', 'running')] };
    const asked: string[] = [];
    const durations = { of: (name: string) => (asked.push(name), null) };
    const { rows } = rowsOf([line('data pipeline', 'running', { child })], durations);
    expect(rows).toMatchObject([{ stage: 'snapshot', fraction: 0.5, remaining: null, result: '' }]);
    expect(asked).toEqual([]);
    expect(rowsOf([line('data pipeline', 'running', { child: { startedAt, lines: [] } })]).rows[0]?.stage).toBe(
      'running',
    );
  });

  it('have their title from the start', () => {
    expect(liveTable(course([line('data pipeline', 'waiting')]), { durations: unknown, now: NOW }).title).toBe('model');
  });

  it('show how models ended', () => {
    const { rows } = rowsOf([
      line('a', 'rejected', { detail: 'gate' }),
      line('b', 'skipped'),
      line('c', 'failed'),
      line('d', 'odd'),
    ]);
    expect(rows.map(({ mood }) => mood)).toEqual(['bad', 'waiting', 'bad', 'running']);
  });
});

describe('the rows of one training', () => {
  const rowsOf = (lines: readonly LineCourse[]) => liveTable(course(lines, 'credit'), { durations: known, now: NOW });

  it('are the model and its steps', () => {
    const lines = steps('training').map((step) =>
      step.state === 'running'
        ? { ...step, detail: 'boosting 40 of 100', pending: { waiting: null, heartbeat } }
        : step,
    );
    const { title, rows } = rowsOf(lines);
    expect(title).toBe('model');
    expect(rows[0]).toMatchObject({
      name: 'credit',
      stage: 'training: boosting 40 of 100',
      fraction: 0.3,
      remaining: 70_000,
    });
    expect(rows[3]).toMatchObject({
      name: '  training',
      stage: 'running',
      result: 'boosting 40 of 100',
      fraction: null,
    });
    expect(rows).toHaveLength(6);
  });

  it('say once why a step waits, in its row', () => {
    const lines = steps('training').map((step) =>
      step.state === 'running'
        ? { ...step, detail: 'waiting for …', pending: { waiting: failed, heartbeat: null } }
        : step,
    );
    const { rows } = rowsOf(lines);
    expect(rows[0]).toMatchObject({ name: 'credit', mood: 'stuck', note: null, remaining: null });
    expect(rows[3]).toMatchObject({ mood: 'stuck', result: '' });
    expect(rows.filter(({ note }) => note !== null)).toHaveLength(1);
  });

  it('show how it ended', () => {
    const lines = [line('plan', 'done'), line('training', 'failed', { detail: 'CHILD_CRASHED' })];
    expect(rowsOf(lines).rows[0]).toMatchObject({ name: 'credit', stage: 'failed', mood: 'bad', result: '' });
  });
});

it('the rows of any other workflow are its steps', () => {
  const { title, rows } = liveTable(course([line('approval', 'running', { detail: 'of ada' })], 'credit'), {
    durations: unknown,
    now: NOW,
  });
  expect(title).toBe('step');
  expect(rows).toMatchObject([{ name: 'approval', stage: 'running', result: 'of ada' }]);
});
