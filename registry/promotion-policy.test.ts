import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Stage, stages } from '../contracts/ids.js';
import { assertTransition, formerProduction, type ProductionArrival } from './promotion-policy.js';

const place = { modelName: 'm', line: 'default', version: '1.0.0' };
const allowed = (from: Stage, to: Stage, line = 'default', demo = false): boolean => {
  try {
    assertTransition({ ...place, line, stage: from }, to, demo);
    return true;
  } catch (fault) {
    expect(fault).toMatchObject({ code: 'TRANSITION_NOT_ALLOWED', details: { version: '1.0.0', line } });
    return false;
  }
};

const allowedIn = (line: string, demo = false): string[] =>
  stages.flatMap((from) => stages.filter((to) => allowed(from, to, line, demo)).map((to) => `${from} → ${to}`));

describe('assertTransition', () => {
  it('allows exactly the listed transitions', () => {
    expect(allowedIn('default')).toEqual([
      'dev → staging',
      'dev → archived',
      'staging → production',
      'staging → archived',
      'production → archived',
      'archived → staging',
    ]);
  });

  it('lets a version of synthetic data into production as a demo only, and no other version as a demo', () => {
    const withoutProduction = allowedIn('default').filter((transition) => transition !== 'staging → production');
    expect(allowedIn('synthetic')).toEqual(withoutProduction);
    expect(allowedIn('synthetic', true)).toEqual(allowedIn('default'));
    expect(allowedIn('default', true)).toEqual(withoutProduction);
    const staged = { ...place, line: 'synthetic', stage: 'staging' as const };
    expect(() => assertTransition(staged, 'production')).toThrow(/synthetic data.*add --demo/);
  });

  it('keeps versions of imports and files in dev, from where they can be archived', () => {
    for (const line of ['berka', 'taiwan']) expect(allowedIn(line)).toEqual(['dev → archived']);
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
