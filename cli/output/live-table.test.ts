import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPaint } from './paint.js';
import { type LiveRow, layOutLive } from './live-table.js';
import { textWidth } from './text-width.js';

const quiet = { mood: 'waiting', fraction: null, remaining: null, result: '', note: null } as const;
const rows: LiveRow[] = [
  { ...quiet, name: 'data pipeline', stage: 'done', mood: 'good', result: 'snapshot 4f2a9c1d' },
  {
    ...quiet,
    name: 'credit',
    stage: 'training: boosting 40 of 100',
    mood: 'running',
    fraction: 0.4,
    remaining: 65_000,
  },
  { ...quiet, name: 'ner', stage: 'dataset', mood: 'stuck', fraction: 0.1, note: 'attempt 2, next try in 3 s: lost' },
  { ...quiet, name: 'intents', stage: 'waiting' },
];
const table = { title: 'model', rows };

describe('the live table', () => {
  it('has model, stage, progress, ETA and result side by side where there is room', () => {
    expect(layOutLive(table, 120)).toEqual([
      'model          stage                         progress                      ETA         result',
      'data pipeline  done                                                                    snapshot 4f2a9c1d',
      'credit         training: boosting 40 of 100  [########............]  40 %  1 min 05 s',
      'ner            dataset                       [##..................]  10 %',
      '    attempt 2, next try in 3 s: lost',
      'intents        waiting',
    ]);
  });

  it('sets results below the rows and cuts what is too long on a narrow terminal', () => {
    expect(layOutLive(table, 48)).toEqual([
      'model          stage                  ETA',
      'data pipeline  done',
      '    snapshot 4f2a9c1d',
      'credit         training: boo…   40 %  1 min 05 s',
      'ner            dataset          10 %',
      '    attempt 2, next try in 3 s: lost',
      'intents        waiting',
    ]);
  });

  it('leaves out the columns in which nothing stands, and is empty without rows', () => {
    expect(layOutLive({ title: 'step', rows: [{ ...quiet, name: 'a', stage: 'done' }] }, 80)).toEqual([
      'step  stage',
      'a     done',
    ]);
    expect(layOutLive({ title: 'model', rows: [] }, 80)).toEqual([]);
  });

  it('counts wide characters as two columns', () => {
    const wide = [
      { ...quiet, name: '消费预测', stage: 'done' },
      { ...quiet, name: 'credit', stage: 'done' },
    ];
    const [, first, second] = layOutLive({ title: 'model', rows: wide }, 80);
    expect([first, second]).toEqual(['消费预测  done', 'credit    done']);
  });

  it('colours the stage by how it stands', () => {
    const painted = layOutLive(table, 120, createPaint(true)).join('\n');
    expect(painted.replace(/\u001b\[[\d;]*m/g, '')).toBe(layOutLive(table, 120).join('\n'));
    expect(painted).toMatch(/\u001b\[32;[\d;]+mdone/);
  });

  it('has no line wider than the terminal, whatever stands in it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('消费预测'.repeat(9), '👩‍👩‍👧 e\u0301'),
    );
    const anyRow = fc.record({
      name: text,
      stage: text,
      mood: fc.constantFrom('waiting', 'running', 'good', 'bad', 'stuck'),
      fraction: fc.option(fc.double({ noNaN: true, min: -1, max: 2 })),
      remaining: fc.option(fc.nat(1e9)),
      result: text,
      note: fc.option(text),
    }) as fc.Arbitrary<LiveRow>;
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 6 }), fc.integer({ min: 39, max: 200 }), (any, width) => {
        for (const line of layOutLive({ title: 'model', rows: any }, width)) {
          expect(textWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\n\r\u001b]/);
        }
      }),
    );
  });
});
