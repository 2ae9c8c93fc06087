import { describe, expect, it } from 'vitest';
import type { ColumnFinding, DriftFinding } from '../../contracts/drift.js';
import type { DriftRecord } from '../../monitoring/drift/drift-log.js';
import { createOutput } from '../output/output.js';
import { printFinding, type ShownDrift } from './drift-finding.js';

const window = { from: Date.UTC(2026, 10, 23), to: Date.UTC(2026, 10, 30) };
const shape = { count: 100, missing: 0, quantiles: null, categories: null };
const column = (name: string, rank: number, facts: Partial<ColumnFinding> = {}): ColumnFinding => ({
  ...{ column: name, of: name, kind: 'numeric', role: 'feature', method: 'kolmogorov-smirnov', statistic: 0.5 },
  ...{ pValue: 0.001, adjustedPValue: 0.002, effect: { name: 'wasserstein', value: 1.25 }, threshold: 0.1 },
  ...{ drifted: true, decided: true, note: null, importance: null, rank, reference: shape, current: shape },
  ...facts,
});
const finding: DriftFinding = {
  ...{ mode: 'default', version: '1.2.0', window, answers: 120_000, compared: 100_000, referenceRows: 32_901 },
  columns: [
    column('second', 2, { drifted: false }),
    column('first', 1, { note: 'values repeat' }),
    column('third', 3, {
      ...{ decided: false, drifted: false, effect: null, pValue: null, adjustedPValue: null },
      note: 'no value in the window',
    }),
  ],
  ...{ driftedShare: 0.5, undecided: null, performance: null, faults: [] },
};
const shown: ShownDrift = {
  ...{ modelName: 'credit-risk-scorer', line: 'default', finding, reasons: [], last: null, nextCheck: null },
};

function printed(facts: Partial<ShownDrift> = {}): string {
  let text = '';
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  printFinding({ out }, { ...shown, ...facts });
  return text;
}

describe('printFinding', () => {
  it('prints columns by rank, with notes, and what was compared with what', () => {
    const lines = printed().split('\n');
    expect(lines[0]).toMatch(/^credit-risk-scorer 1\.2\.0 \(line default\), 2026-11-23 .*, mode default$/);
    expect(lines[1]).toBe('a sample of 100,000 of 120,000 answers, compared with 32,901 held-out rows');
    const rows = lines.slice(3, 6).map((line) => line.trim().split(/ {2,}/));
    expect(rows[0]).toEqual([
      ...['1', 'first', 'kolmogorov-smirnov', '0.500', '0.00100', '0.00200', 'wasserstein 1.25', '0.100', 'drifted'],
    ]);
    expect(rows[1]!.at(-1)).toBe('no drift');
    expect(rows[2]).toEqual(['3', 'third', 'kolmogorov-smirnov', '–', '–', '–', '–', '–', 'not compared']);
    expect(lines.slice(6, -1)).toEqual([
      ...['first: values repeat', 'third: no value in the window', 'within the limits', 'last check: none'],
      expect.stringMatching(/^next check: none is scheduled; .*ml schedule apply$/),
    ]);
  });

  it('says that data are synthetic, which limit is passed, and which fault the source has', () => {
    const fault = { kind: 'unit' as const, column: 'amount', finding: 'all quantiles are × 100' };
    const text = printed({ line: 'synthetic', finding: { ...finding, faults: [fault] }, reasons: ['50 % drifted'] });
    expect(text).toContain('SYNTHETIC DATA');
    expect(text).toContain('fault of the source (unit): amount: all quantiles are × 100');
    expect(text).toContain('over the limit: 50 % drifted');
    expect(text).not.toContain('within the limits');
  });

  it('says why nothing can be said of a window without answers', () => {
    const empty = { ...finding, answers: 0, compared: 0, columns: [], undecided: 'no answer was logged in the window' };
    const text = printed({ finding: empty });
    expect(text).toContain('nothing can be said: no answer was logged in the window');
    expect(text).not.toContain('held-out rows');
    expect(printed({ finding: { ...finding, answers: 1, compared: 1 } })).toContain('\n1 answer, compared with');
  });

  it('prints the performance without labels with its interval, or what it lacks', () => {
    const performance = {
      ...{ method: 'CBPE' as const, metric: 'aucRoc', direction: 'higher' as const, estimated: 0.754, low: 0.44 },
      ...{ high: 1, reference: 0.844, assumptions: ['calibrated-scores (holds): 0.01'] },
    };
    expect(printed({ finding: { ...finding, performance } })).toContain(
      'aucRoc estimated without labels (CBPE): 0.754 (0.440 to 1.000), on the held-out rows 0.844\ncalibrated-scores',
    );
    const none = { ...performance, estimated: null, assumptions: ['too few rows'] };
    expect(printed({ finding: { ...finding, performance: none } })).toContain(
      'performance without labels (CBPE): too few rows',
    );
    const bare = { ...performance, low: null, high: null, reference: null };
    expect(printed({ finding: { ...finding, performance: bare } })).toContain('(CBPE): 0.754\n');
  });

  it('names the last decision with its retraining, and when the next check is', () => {
    const last: DriftRecord = {
      ...{ modelName: 'credit-risk-scorer', line: 'default', version: '1.2.0', window, decision: 'retrain' },
      ...{ reasons: ['50 % drifted'], retrainingId: 'drift-retraining-x', startedAt: null },
      ...{ finding, decidedAt: new Date(window.to) },
    };
    const nextCheck = new Date(Date.UTC(2026, 11, 1, 4, 30));
    const text = printed({ last, nextCheck });
    expect(text).toMatch(/last check: 2026-11-23 .*, retrain: 50 % drifted; .*ml runs show drift-retraining-x/);
    expect(text).toContain('next check: 2026-12-01 04:30 UTC (drift-check-credit-risk-scorer)');
    const quiet = printed({ last: { ...last, decision: 'none', reasons: [], retrainingId: null } });
    expect(quiet).toMatch(/last check: 2026-11-23 .*, no drift over the limit\n/);
  });
});
