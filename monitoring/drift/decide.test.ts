import { describe, expect, it } from 'vitest';
import type { ColumnFinding, DriftFinding, DriftLimits } from '../../contracts/drift.js';
import { alertText, decideOn } from './decide.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 30, 4, 30);
const limits: DriftLimits = {
  ...{ mode: 'default', windowDays: 7, coolDownDays: 7, mostShare: 0.3, mostLoss: 0.05, mostRows: 1000, retrain: true },
};
const shape = { count: 100, missing: 0, quantiles: null, categories: null };
const column = (name: string, drifted: boolean, rank = 1): ColumnFinding => ({
  ...{ column: name, of: name, kind: 'numeric', role: 'feature', method: 'ks', statistic: 0.5, pValue: 0.001 },
  ...{ adjustedPValue: 0.001, effect: null, threshold: 0.1, drifted, decided: true, note: null, importance: null },
  ...{ rank, reference: shape, current: shape },
});
const finding = (facts: Partial<DriftFinding> = {}): DriftFinding => ({
  ...{ mode: 'default', version: '1.0.0', window: { from: NOW - 8 * DAY_MS, to: NOW - DAY_MS }, answers: 100 },
  ...{ compared: 100, referenceRows: 500, columns: [column('a', true, 2), column('b', true, 1)], driftedShare: 1 },
  ...{ undecided: null, performance: null, faults: [] },
  ...facts,
});
const circumstances = {
  ...{ modelName: 'credit-risk-scorer', line: 'default', queuePrefix: '', limits, source: 'backend', now: NOW },
  lastRetraining: null as number | null,
};

describe('decideOn', () => {
  it('retrains once for drift over the limit, under an id that follows from the window', () => {
    const decided = decideOn(finding(), circumstances);
    expect(decided).toEqual({
      decision: 'retrain',
      reasons: ['100 % of the columns drifted, wanted at most 30 %: b, a'],
      retrainingId: 'drift-retraining-credit-risk-scorer-default-2026-11-29T04-30Z',
    });
    expect(alertText(decided, 'w')).toEqual({
      kind: 'data-drift',
      text: 'w: 100 % of the columns drifted, wanted at most 30 %: b, a; a retraining follows',
    });
  });

  it('does nothing at the limit', () => {
    const decided = decideOn(finding({ driftedShare: 0.3 }), circumstances);
    expect(decided).toEqual({ decision: 'none', reasons: [], retrainingId: null });
    expect(alertText(decided, 'w')).toBeNull();
  });

  it('decides nothing about what could not be compared', () => {
    const decided = decideOn(finding({ undecided: 'the window has no rows' }), circumstances);
    expect(decided).toMatchObject({ decision: 'undecided', reasons: ['the window has no rows'] });
    expect(alertText(decided, 'w')).toBeNull();
  });

  it('never retrains on a fault of the source', () => {
    const faults = [{ kind: 'unit' as const, column: 'amount', finding: 'all quantiles are × 100' }];
    const decided = decideOn(finding({ faults }), circumstances);
    expect(decided).toEqual({
      ...{ decision: 'source-fault', reasons: ['amount: all quantiles are × 100'], retrainingId: null },
    });
    expect(alertText(decided, 'w')).toMatchObject({ kind: 'source-fault' });
  });

  it.each([
    [
      'within the cool-down',
      { lastRetraining: NOW - 6 * DAY_MS },
      'cool-down',
      /no retraining before 2026-12-01T04:30Z/,
    ],
    ['on a line of files', { source: null }, 'alert', /come from a file/],
    ['with retraining off', { limits: { ...limits, retrain: false } }, 'alert', /DRIFT_RETRAIN/],
  ])('raises an alert only %s', (_, changed, decision, reason) => {
    const decided = decideOn(finding(), { ...circumstances, ...changed });
    expect(decided).toMatchObject({ decision, retrainingId: null });
    expect(decided.reasons.at(-1)).toMatch(reason);
    expect(alertText(decided, 'w')).toMatchObject({ kind: 'data-drift' });
  });

  it('retrains again after the cool-down', () => {
    const decided = decideOn(finding(), { ...circumstances, lastRetraining: NOW - 7 * DAY_MS });
    expect(decided.decision).toBe('retrain');
  });

  it('retrains for a loss of the estimated performance without drifted columns', () => {
    const performance = {
      ...{ method: 'CBPE' as const, metric: 'aucRoc', direction: 'higher' as const, estimated: 0.7, low: 0.68 },
      ...{ high: 0.72, reference: 0.8, assumptions: [] },
    };
    expect(decideOn(finding({ driftedShare: 0, columns: [], performance }), circumstances)).toMatchObject({
      decision: 'retrain',
      reasons: [expect.stringContaining('aucRoc is estimated without labels (CBPE) at 0.700') as string],
    });
    const better = { ...performance, estimated: 0.9 };
    expect(decideOn(finding({ driftedShare: 0, columns: [], performance: better }), circumstances).decision).toBe(
      'none',
    );
    const error = { ...performance, direction: 'lower' as const, estimated: 0.9, low: 0.87, high: 0.93 };
    expect(decideOn(finding({ driftedShare: 0, columns: [], performance: error }), circumstances).decision).toBe(
      'retrain',
    );
  });

  it('does nothing about an estimated loss that the chance of a small window explains', () => {
    const performance = {
      ...{
        method: 'CBPE' as const,
        metric: 'aucRoc',
        direction: 'higher' as const,
        estimated: 0.7,
        low: 0.44,
        high: 1,
      },
      ...{ reference: 0.8, assumptions: [] },
    };
    const quiet = { driftedShare: 0, columns: [] };
    expect(decideOn(finding({ ...quiet, performance }), circumstances).decision).toBe('none');
    const certain = { ...performance, low: null, high: null };
    expect(decideOn(finding({ ...quiet, performance: certain }), circumstances).decision).toBe('retrain');
  });
});
