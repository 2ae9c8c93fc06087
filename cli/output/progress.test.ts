import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ResizeKind, VirtualTerminal } from '../../tests/support/virtual-terminal.js';
import { type LiveRow, layOutLive } from './live-table.js';
import { createProgress } from './progress.js';

const row = (name: string, change: Partial<LiveRow> = {}): LiveRow => ({
  name,
  stage: 'training: boosting 40 of 100',
  mood: 'running',
  fraction: 0.4,
  remaining: 65_000,
  result: '',
  note: null,
  ...change,
});

const rows = [
  row('data pipeline', { stage: 'done', mood: 'good', fraction: null, remaining: null, result: 'snapshot 4f2a9c1d' }),
  row('credit-risk-scorer', { result: 'aucRoc 0.842 (0.811 to 0.871)' }),
  row('消费预测', { note: 'attempt 7, next try in 12 s: connect ECONNREFUSED (waiting for the database)' }),
  row('intent-classifier', { stage: 'waiting', mood: 'waiting', fraction: null, remaining: null }),
];

const draw = (columns: number | null): string[] => [
  'retraining-2026-11-30',
  ...layOutLive({ title: 'model', rows }, columns!),
];

/** What the terminal held before, the block, and nothing else. */
const expectWhole = (terminal: VirtualTerminal): void => {
  const block = draw(terminal.columns - 1);
  expect(terminal.screen().slice(-block.length)).toEqual(block);
  expect(terminal.cursor().column).toBe(0);
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('live progress', () => {
  it.each([40, 60, 80, 100, 120, 200])('rewrites its block in place at %i columns', (columns) => {
    const terminal = new VirtualTerminal(columns, 30);
    terminal.write('$ ml retrain\n');
    const view = createProgress(terminal);
    for (let i = 0; i < 3; i++) view.update(draw);
    expect(terminal.everything()).toEqual(['$ ml retrain', ...draw(columns - 1)]);
    expectWhole(terminal);
  });

  it.each<[ResizeKind, number, number]>([
    ['reflow', 200, 40],
    ['reflow', 80, 60],
    ['reflow', 60, 120],
    ['cut', 200, 40],
    ['cut', 80, 60],
    ['cut', 60, 120],
  ])('is whole after a resize (%s) from %i to %i columns, and nothing before it is lost', (kind, from, to) => {
    const terminal = new VirtualTerminal(from, 24);
    terminal.write('$ ml retrain\n');
    const view = createProgress(terminal);
    view.update(draw);
    terminal.resize(to, 24, kind);
    vi.advanceTimersByTime(100);
    expectWhole(terminal);
    view.update(draw);
    expectWhole(terminal);
    expect(terminal.everything()).toContain('$ ml retrain');
    expect(terminal.screen().filter((line) => line === 'retraining-2026-11-30')).toHaveLength(1);
  });

  it('shows what fits into a low window, and says how much is left out', () => {
    const terminal = new VirtualTerminal(80, 24);
    terminal.write('$ ml retrain\n');
    const view = createProgress(terminal);
    view.update(draw);
    terminal.resize(80, 4, 'cut');
    vi.advanceTimersByTime(100);
    expect(terminal.screen()).toEqual([...draw(79).slice(0, 2), `… ${draw(79).length - 2} more`]);
    view.update(draw);
    expect(terminal.screen()).toHaveLength(3);
    expect(terminal.everything()).toContain('$ ml retrain');
  });

  it('erases what a longer block has left, and the ^C of the terminal at the end', () => {
    const terminal = new VirtualTerminal(80, 10);
    const view = createProgress(terminal);
    view.update(['one', 'two', 'three']);
    view.update(['one']);
    expect(terminal.everything()).toEqual(['one']);
    terminal.write('^C');
    view.done();
    terminal.write('goes on\n');
    expect(terminal.everything()).toEqual(['one', 'goes on']);
  });

  it('hears of no resize after its end', () => {
    const terminal = new VirtualTerminal(80, 10);
    const view = createProgress(terminal);
    view.update(['a']);
    view.update(['b']);
    expect(terminal.listeners).toBe(1);
    terminal.resize(60, 10, 'reflow');
    view.done();
    terminal.write('result\n');
    vi.advanceTimersByTime(1000);
    expect(terminal.everything()).toEqual(['b', 'result']);
    expect(terminal.listeners).toBe(0);
  });

  it('has 80 columns where the terminal does not know its size', () => {
    const seen: (number | null)[] = [];
    const view = createProgress({ isTTY: true, columns: 0, rows: 0, write: () => true });
    view.update((columns) => (seen.push(columns), ['a']));
    expect(seen).toEqual([79]);
  });

  it('has colours unless NO_COLOR is set', () => {
    const painted = (variables: { NO_COLOR?: string }): string => {
      const written: string[] = [];
      const view = createProgress({ isTTY: true, columns: 80, write: (text) => written.push(text) }, variables);
      view.update([view.paint.red('failed')]);
      return written.join('');
    };
    expect(painted({})).toContain('\u001b[31mfailed\u001b[39m');
    expect(painted({ NO_COLOR: '1' })).not.toMatch(/\u001b\[\d+m/);
  });

  it.each([{ TERM: 'dumb' }, { CI: 'true' }])('is a log with %o, without any control sequence', (variables) => {
    const written: string[] = [];
    const view = createProgress({ isTTY: true, columns: 80, write: (text) => written.push(text) }, variables);
    view.update((columns) => [`${columns}`, view.paint.red('a')]);
    view.update(() => ['null', 'b']);
    expect(view.live).toBe(false);
    expect(written.join('')).toBe('null\na\nb\n');
  });

  it('is live in a terminal of which CI says "false"', () => {
    const stream = { isTTY: true, write: () => true };
    expect(createProgress(stream, { CI: 'false', TERM: 'xterm-256color' }).live).toBe(true);
  });
});
