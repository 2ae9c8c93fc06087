import { beforeAll, describe, expect, it } from 'vitest';
import { generateCustomers } from '../generator/index.js';
import { reportDifficulty, type TaskReport } from './report.js';
import { taskReport } from './task-report.js';

/** The scores in docs/synthetic-data.md at the default size; they must hold after a change of the generator. */
describe('reportDifficulty at the default size', () => {
  let reports: ReadonlyMap<string, TaskReport>;
  beforeAll(async () => {
    reports = new Map((await reportDifficulty()).map((report) => [report.task, report]));
  }, 60_000);

  it.each(['intent', 'entities', 'spending', 'anomaly', 'credit'])(
    '%s: the trivial baseline misses the target by 0.03 and the oracle exceeds it',
    (task) => {
      const report = reports.get(task)!;
      expect(report).toMatchObject({ asDesigned: true });
      expect(report.holdoutRows).toBeGreaterThan(200);
      expect(report.trainRows).toBeGreaterThan(report.holdoutRows);
    },
  );

  it('gives the spending oracle a MAPE below 10 % and the mean of twelve months one above 18 %', () => {
    const { trivial, oracle } = reports.get('spending')!;
    expect(trivial.score).toBeGreaterThan(0.18);
    expect(oracle.score).toBeLessThan(0.1);
  });

  it('gives the credit oracle an AUC between 0.87 and 0.94', () => {
    const { score } = reports.get('credit')!.oracle;
    expect(score).toBeGreaterThan(0.87);
    expect(score).toBeLessThan(0.94);
  });
});

describe('generateCustomers at the default size', () => {
  it('gives at least 900 credit applications with an outcome, 15 to 20 % of them defaulted', () => {
    const labels: string[] = [];
    for (const { rows } of generateCustomers())
      labels.push(...rows.credit_applications.flatMap(({ outcome }) => outcome ?? []));
    expect(labels.length).toBeGreaterThanOrEqual(900);
    const bad = labels.filter((outcome) => outcome === 'defaulted').length / labels.length;
    expect(bad).toBeGreaterThan(0.15);
    expect(bad).toBeLessThan(0.2);
  });
});

describe('taskReport', () => {
  const figures = { task: 't', metric: 'm', target: 0.8, trainRows: 1, holdoutRows: 1, holdout: 'h' };
  const asDesigned = (direction: 'higher' | 'lower', trivial: number, oracle: number): boolean =>
    taskReport({ ...figures, direction, trivial: { name: '', score: trivial }, oracle: { name: '', score: oracle } })
      .asDesigned;

  it('asDesigned requires a gap of 0.03 for the baseline and an oracle beyond the target, in both directions', () => {
    expect(asDesigned('higher', 0.76, 0.81)).toBe(true);
    expect(asDesigned('higher', 0.78, 0.81)).toBe(false);
    expect(asDesigned('higher', 0.7, 0.8)).toBe(false);
    expect(asDesigned('lower', 0.84, 0.79)).toBe(true);
    expect(asDesigned('lower', 0.82, 0.79)).toBe(false);
    expect(asDesigned('lower', 0.9, 0.81)).toBe(false);
  });
});
