import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stages } from '../contracts/ids.js';
import { assertTransition, formerProduction, type ProductionArrival } from './promotion-policy.js';

const place = { modelName: 'm', line: 'default', version: '1.0.0' };
const allowed = (from: (typeof stages)[number], to: (typeof stages)[number], line = 'default'): boolean => {
  try {
    assertTransition({ ...place, line, stage: from }, to);
    return true;
  } catch (fault) {
    expect(fault).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED', details: { from, to, line } });
    return false;
  }
};

describe('assertTransition', () => {
  it('allows exactly the listed transitions', () => {
    const found = stages.flatMap((from) => stages.filter((to) => allowed(from, to)).map((to) => `${from} → ${to}`));
    expect(found).toEqual([
      'dev → staging',
      'dev → archived',
      'staging → production',
      'staging → archived',
      'production → archived',
      'archived → staging',
    ]);
  });

  it('allows no transition in another line than default', () => {
    expect(stages.some((from) => stages.some((to) => allowed(from, to, 'berka')))).toBe(false);
  });

  it('names the allowed stages', () => {
    expect(() => assertTransition({ ...place, stage: 'dev' }, 'production')).toThrow(
      /it can go to staging or archived/,
    );
    expect(() => assertTransition({ ...place, stage: 'staging' }, 'staging')).toThrow(/is in staging already/);
  });
});

describe('formerProduction', () => {
  const promoted = (version: string): ProductionArrival => ({ version, kind: 'promotion', proven: true });
  const failed = (version: string): ProductionArrival => ({ version, kind: 'promotion', proven: false });
  const returned = (version: string): ProductionArrival => ({ version, kind: 'rollback', proven: true });

  it.each([
    [[], []],
    [[promoted('a')], []],
    [[promoted('a'), promoted('b')], ['a']],
    [[promoted('a'), promoted('b'), returned('a')], []],
    [[promoted('a'), promoted('b'), returned('a'), promoted('c')], ['a']],
    [
      [promoted('a'), promoted('b'), promoted('a')],
      ['a', 'b'],
    ],
    [[promoted('a'), failed('b'), promoted('c')], ['a']],
    [[promoted('a'), failed('b'), promoted('c'), returned('a')], []],
    [[promoted('a'), promoted('b'), failed('c'), promoted('d'), returned('b')], ['a']],
    [
      [promoted('a'), failed('b'), returned('a'), promoted('b'), promoted('c')],
      ['a', 'b'],
    ],
    [[failed('a'), promoted('b')], []],
    [[promoted('a'), failed('b'), promoted('a')], []],
    [[promoted('a'), promoted('b'), failed('c'), promoted('b')], ['a']],
  ])('after %j a rollback returns to %j', (arrivals, wanted) => {
    expect(formerProduction(arrivals)).toEqual(wanted);
  });

  it('after n promotions, k < n rollbacks lead to the promotion k before the last', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 }), fc.nat(7), (versions, wanted) => {
        const count = Math.min(wanted, versions.length - 1);
        const arrivals = versions.map(promoted);
        for (let step = 0; step < count; step++) arrivals.push(returned(formerProduction(arrivals).at(-1)!));
        expect(arrivals.at(-1)!.version).toBe(versions.at(-1 - count));
        expect(formerProduction(arrivals)).toEqual(versions.slice(0, versions.length - 1 - count));
      }),
    );
  });
});
