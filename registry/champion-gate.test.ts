import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../contracts/evaluation.js';
import { type AgainstChampion, judgeAgainstChampion, WITHOUT_CHAMPION } from './champion-gate.js';

const margin = 0.01;
const gate = { kind: 'against-champion', margin } as const;
const compared = (low: number, high: number): Comparison => ({
  against: 'champion',
  metric: 'aucRoc',
  challenger: 0.8,
  other: 0.801,
  difference: -0.001,
  n: 400,
  interval: { low, high, level: 0.95, method: 'delong' },
});
const refresh = { version: '1.0.0', kind: 'refresh' } as const;
const change = { version: '1.0.0', kind: 'change' } as const;
const judge = (against: Partial<AgainstChampion>) =>
  judgeAgainstChampion(gate, { ...WITHOUT_CHAMPION, comparison: compared(-0.004, 0.002), ...against })[0]!;
const number = fc.double({ min: -0.1, max: 0.1, noNaN: true });

describe('judgeAgainstChampion', () => {
  it('says which rule held', () => {
    expect(judge({ champion: refresh })).toEqual({
      gate: 'against champion (margin 0.01)',
      passed: true,
      finding:
        'refresh: not worse than 1.0.0 by more than 0.01 aucRoc (difference −0.001, 95 % interval −0.004 to 0.002)',
    });
    expect(judge({ champion: change, comparison: compared(0.002, 0.004) })).toMatchObject({
      passed: true,
      finding: 'change: better than 1.0.0 in aucRoc (difference −0.001, 95 % interval 0.002 to 0.004)',
    });
    expect(judge({ champion: change, statedReason: 'fewer features' })).toMatchObject({
      passed: true,
      finding: expect.stringMatching(
        /^change, stated reason "fewer features": not worse than 1\.0\.0 .*, not better$/,
      ) as string,
    });
    expect(judge({ champion: change })).toMatchObject({
      passed: false,
      finding: expect.stringMatching(
        /^change: not worse .*, not better; it passes with a stated reason \(--reason\)$/,
      ) as string,
    });
  });

  it.each([
    ['1.0.0', [], 'repetition: same data and definition as the champion 1.0.0; no rule is judged'],
    ['1.0.0', ['data'], 'repetition: other data, yet the artefact of the champion 1.0.0; no rule is judged'],
    ['0.9.0', [], 'repetition: same data and definition as version 0.9.0; no rule is judged'],
  ] as const)('judges no rule on a repetition of %s, which differs in %s', (repeats, differs, finding) => {
    const champion = { version: '1.0.0', kind: 'repetition', repeats, differs } as const;
    const window = { comparison: compared(-0.5, -0.4), remark: null };
    for (const comparison of [compared(0, 0), compared(-0.5, -0.4), undefined])
      expect(judgeAgainstChampion(gate, { ...WITHOUT_CHAMPION, comparison, champion, window })).toEqual([
        { gate: 'against champion (margin 0.01)', passed: true, finding },
      ]);
  });

  it('passes a refresh exactly when the interval lies above −margin', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const result = judge({ champion: refresh, comparison: compared(low, high) });
        expect(result.passed).toBe(low > -margin);
        expect(result.finding.includes('may be worse')).toBe(!result.passed);
      }),
    );
  });

  it('passes a change when it is better, and with a reason when it lies within the margin', () => {
    fc.assert(
      fc.property(number, number, fc.option(fc.constant('why')), (a, b, statedReason) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const { passed } = judge({ champion: change, comparison: compared(low, high), statedReason });
        expect(passed).toBe(low > 0 || (statedReason !== null && low > -margin));
      }),
    );
  });

  it('fails at the margin itself and shows all digits there', () => {
    const found = judge({ champion: refresh, comparison: compared(-0.0100000001, 0) });
    expect(found).toMatchObject({ passed: false, finding: expect.stringContaining('−0.0100000001 to 0') as string });
    expect(judge({ champion: refresh, comparison: compared(-margin, 0) }).passed).toBe(false);
  });

  it.each([
    [true, 'champion 1.2.0 cannot score these rows (no column age), the signature changed'],
    [false, 'champion 1.2.0 cannot score these rows (no column age), though the signature is the same'],
  ])('passes an incomparable champion only when the signature changed: %s', (signatureChanged, finding) => {
    const incomparable = { version: '1.2.0', reason: 'no column age', signatureChanged };
    expect(judge({ champion: change, incomparable, comparison: undefined })).toMatchObject({
      passed: signatureChanged,
      finding,
    });
  });

  it('fails when a champion was not compared with', () => {
    expect(judge({ champion: refresh, comparison: undefined })).toMatchObject({ passed: false });
  });

  it('judges the newest window by itself: fails only when the challenger is significantly worse there', () => {
    const onWindow = (window: AgainstChampion['window']) =>
      judgeAgainstChampion(gate, {
        ...WITHOUT_CHAMPION,
        comparison: compared(0.001, 0.002),
        champion: refresh,
        window,
      })[1];
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const found = onWindow({ comparison: compared(low, high), remark: null });
        expect(found?.passed).toBe(high >= 0);
        expect(found?.finding.startsWith('significantly worse than 1.0.0 in aucRoc')).toBe(high < 0);
      }),
    );
    expect(onWindow({ comparison: null, remark: '12 rows are too few to judge, wanted 50' })).toEqual({
      gate: 'not worse on the newest window',
      passed: true,
      finding: 'not judged: 12 rows are too few to judge, wanted 50',
    });
    expect(onWindow(null)).toBeUndefined();
  });
});
