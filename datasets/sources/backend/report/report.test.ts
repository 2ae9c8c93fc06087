import { beforeAll, describe, expect, it } from 'vitest';
import { generateCustomers } from '../generator/index.js';
import { reportDifficulty, type TaskReport } from './report.js';
import { judged } from './task-report.js';

/** The promises of docs/synthetic-data.md at the default size; whoever changes the generator meets them here. */
describe('difficulty at the default size', () => {
  let reports: ReadonlyMap<string, TaskReport>;
  beforeAll(async () => {
    reports = new Map((await reportDifficulty()).map((report) => [report.task, report]));
  }, 60_000);

  it.each(['intent', 'entities', 'spending', 'anomaly', 'credit'])(
    'of %s: trivial misses by three points, oracle exceeds',
    (task) => {
      const report = reports.get(task)!;
      expect(report).toMatchObject({ asDesigned: true });
      expect(report.holdoutRows).toBeGreaterThan(200);
      expect(report.trainRows).toBeGreaterThan(report.holdoutRows);
    },
  );

  it('leaves a good forecast room below 12 % and the mean of twelve months above 18 %', () => {
    const { trivial, oracle } = reports.get('spending')!;
    expect(trivial.score).toBeGreaterThan(0.18);
    expect(oracle.score).toBeLessThan(0.1);
  });

  it('keeps the credit oracle near 0.90', () => {
    const { score } = reports.get('credit')!.oracle;
    expect(score).toBeGreaterThan(0.87);
    expect(score).toBeLessThan(0.94);
  });
});

describe('credit rows at the default size', () => {
  it('are 900 labelled ones and more, 15 to 20 % of them bad', () => {
    const labels: string[] = [];
    for (const { rows } of generateCustomers())
      labels.push(...rows.credit_applications.flatMap(({ outcome }) => outcome ?? []));
    expect(labels.length).toBeGreaterThanOrEqual(900);
    const bad = labels.filter((outcome) => outcome === 'defaulted').length / labels.length;
    expect(bad).toBeGreaterThan(0.15);
    expect(bad).toBeLessThan(0.2);
  });
});

describe('judged', () => {
  const figures = { task: 't', metric: 'm', target: 0.8, trainRows: 1, holdoutRows: 1, holdout: 'h' };
  const verdict = (direction: 'higher' | 'lower', trivial: number, oracle: number): boolean =>
    judged({ ...figures, direction, trivial: { name: '', score: trivial }, oracle: { name: '', score: oracle } })
      .asDesigned;

  it('wants the trivial model three points short and the oracle beyond the target, in either direction', () => {
    expect(verdict('higher', 0.76, 0.81)).toBe(true);
    expect(verdict('higher', 0.78, 0.81)).toBe(false);
    expect(verdict('higher', 0.7, 0.8)).toBe(false);
    expect(verdict('lower', 0.84, 0.79)).toBe(true);
    expect(verdict('lower', 0.82, 0.79)).toBe(false);
    expect(verdict('lower', 0.9, 0.81)).toBe(false);
  });
});
