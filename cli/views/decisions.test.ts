import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../contracts/registry.js';
import { differenceTable } from '../output/difference.js';
import { readJsonInput } from '../program/json-input.js';
import { progressLines } from '../output/progress-lines.js';
import { consequenceOf } from './refreeze-view.js';
import { comparability, onlyModel } from './compare-view.js';

describe('comparisons', () => {
  const side = (auc: number, maxDepth: number) => ({
    metrics: [{ name: 'auc', value: auc, direction: 'higher' as const, n: 10 }],
    params: { maxDepth, eta: 0.1 },
    dataset: null,
    artefactHash: null,
  });

  it('show every metric, and of the parameters those that differ', () => {
    const { rows } = differenceTable(['a', 'b'], [side(0.8, 6), side(0.85, 3)]);
    expect(rows).toEqual([
      ['auc', '0.800', '0.850', '+0.050'],
      ['maxDepth', '6', '3', ''],
    ]);
  });

  it('of more than two have the change from the first to the last', () => {
    const { head, rows } = differenceTable(['a', 'b', 'c'], [side(0.8, 6), side(0.85, 6), side(0.82, 3)]);
    expect(head).toEqual(['', 'a', 'b', 'c', 'first to last']);
    expect(rows).toEqual([
      ['auc', '0.800', '0.850', '0.820', '+0.020'],
      ['maxDepth', '6', '6', '3', ''],
    ]);
  });

  it('are of one model', () => {
    const run = (modelName: string): RunRecord =>
      ({ modelName, workflowId: `run/${modelName}` }) as unknown as RunRecord;
    expect(onlyModel([run('a'), run('a')])).toBe('a');
    expect(() => onlyModel([run('a'), run('a'), run('b')])).toThrow(
      'runs of different models cannot be compared: run/a is of a, run/b of b',
    );
  });

  it('give the reasons why two scores are not comparable', () => {
    const run = (line: string): RunRecord => ({ modelName: 'm', line, dataset: null }) as unknown as RunRecord;
    expect(comparability(run('default'), run('default'))).toEqual([]);
    expect(comparability(run('default'), run('berka'))).toHaveLength(1);
    expect(comparability(run('default'), run('default'), false)).toEqual([
      'the holdout was renewed between them: they were judged on different rows',
    ]);
  });
});

describe('consequences of a renewed holdout', () => {
  it('counts the rows that the champion was trained on', () => {
    expect(consequenceOf({ rows: 90, learned: 0 })).toContain('trained on none of its 90 rows');
    expect(consequenceOf({ rows: 90, learned: 30 })).toMatch(/trained on 30 of its 90 rows .* the other 60/);
    expect(consequenceOf({ rows: 90, learned: null })).toContain('no champion yet');
  });
});

describe('progress lines', () => {
  it('are aligned in columns, and are the stage alone before the first step', () => {
    const lines = [
      { name: 'data', state: 'done', detail: '' },
      { name: 'credit', state: 'running', detail: 'training' },
    ];
    expect(progressLines({ stage: 'x', lines })).toEqual(['  data    done', '  credit  running  training']);
    expect(progressLines({ stage: 'planning', lines: [] })).toEqual(['  planning']);
  });
});

describe('JSON input', () => {
  it('is text or a file; errors name the fault', async () => {
    expect(await readJsonInput('{"a": 1}')).toEqual({ a: 1 });
    await expect(readJsonInput('{a}')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(readJsonInput('@/nowhere/x.json')).rejects.toMatchObject({
      code: 'FILE_NOT_READABLE',
      details: { file: '/nowhere/x.json' },
    });
  });
});
