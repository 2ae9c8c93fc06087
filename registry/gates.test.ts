import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import type { Comparison, Metric } from '../contracts/evaluation.js';
import type { Gate } from '../contracts/model-definition.js';
import { WITHOUT_CHAMPION } from './champion-gate.js';
import {
  decideRegistration,
  gateName,
  judgeGates,
  nextVersion,
  type NumberedVersion,
  type RegistrationFacts,
} from './gates.js';

const measured = (value: number): Metric[] => [{ name: 'auc', value, direction: 'higher', n: 100 }];
const compared = (against: Comparison['against'], low: number, high: number): Comparison => ({
  against,
  metric: 'auc',
  challenger: 0.8,
  other: 0.7,
  difference: 0.1,
  n: 100,
  interval: { low, high, level: 0.95, method: 'delong' },
});
const judge = (gate: Gate, metrics: Metric[], comparisons: Comparison[] = []) =>
  judgeGates([gate], 'default', { metrics, comparisons, against: WITHOUT_CHAMPION })[0]!;
const nothingCompared = { comparisons: [], against: WITHOUT_CHAMPION };
const atLeast = (bound: number): Gate => ({ kind: 'absolute', metric: 'auc', atLeast: bound });
const better: Gate = { kind: 'better-than', other: 'baseline' };
const champion: Gate = { kind: 'against-champion', margin: 0.01 };
const number = fc.double({ min: -10, max: 10, noNaN: true });

describe('judgeGates', () => {
  it('names the found and the wanted value', () => {
    expect(judge(atLeast(0.8), measured(0.8421))).toEqual({
      gate: 'auc ≥ 0.8',
      passed: true,
      finding: 'auc 0.8421 ≥ 0.8',
    });
    expect(judge(atLeast(0.8), measured(0.79999999)).finding).toBe('auc 0.79999999 < 0.8');
    const band: Gate = { kind: 'absolute', metric: 'auc', atLeast: 0.1, atMost: 0.9 };
    expect(judge(band, measured(0.5)).finding).toBe('auc 0.5 ≥ 0.1 and ≤ 0.9');
    expect(judge(band, measured(0.95))).toMatchObject({ passed: false, finding: 'auc 0.95 > 0.9' });
    expect(gateName(band)).toBe('0.1 ≤ auc ≤ 0.9');
  });

  it('checks exactly the given bounds', () => {
    fc.assert(
      fc.property(number, fc.option(number), fc.option(number), (value, low, high) => {
        const gate: Gate = {
          kind: 'absolute',
          metric: 'auc',
          ...(low === null ? {} : { atLeast: low }),
          ...(high === null ? {} : { atMost: high }),
        };
        expect(judge(gate, measured(value)).passed).toBe((low ?? -Infinity) <= value && value <= (high ?? Infinity));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('fails an absolute gate for a metric of %d', (value) => {
    expect(judge(atLeast(-1), measured(value)).passed).toBe(false);
  });

  it.each([
    [undefined, false, false],
    ['passes in dev', false, true],
    ['passes', true, true],
  ] as const)('judges a metric without rows by `notMeasurable: %s`', (notMeasurable, onDefault, onFile) => {
    const remark = 'no customer with a year of history';
    const metrics: Metric[] = [{ name: 'auc', value: null, direction: 'higher', n: 0, remark }];
    const gate: Gate = { ...atLeast(0), ...(notMeasurable && { notMeasurable }) };
    const judged = (line: string) => judgeGates([gate], line, { ...nothingCompared, metrics })[0]!;
    expect([judged('default').passed, judged('own-file').passed]).toEqual([onDefault, onFile]);
    const ending = onFile ? '; the gate does not apply' : '';
    expect(judged('own-file').finding).toBe(`auc is not measurable: ${remark}${ending}`);
  });

  it('fails a metric that was not measured and names those that were', () => {
    expect(judge({ kind: 'absolute', metric: 'f1', atLeast: 0 }, measured(1))).toMatchObject({
      passed: false,
      finding: 'f1 was not measured; measured: auc',
    });
  });

  it('passes better-than only when the whole interval of the difference is above zero', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const result = judge(better, [], [compared('baseline', low, high)]);
        expect(result.passed).toBe(low > 0);
        expect(result.finding.endsWith(', wholly above 0')).toBe(low > 0);
      }),
    );
  });

  it('passes without a champion with a finding, and fails without a baseline', () => {
    expect(judge(champion, [], [compared('baseline', 1, 2)])).toEqual({
      gate: 'against champion (margin 0.01)',
      passed: true,
      finding: 'the line has no champion yet, so there is nothing to compare with',
    });
    expect(judge(better, [], [compared('champion', 1, 2)])).toMatchObject({ passed: false });
  });

  it('evaluates only the gates of the line', () => {
    const gates: Gate[] = [{ ...atLeast(0.8), lines: ['default'] }, champion, { ...atLeast(0.7), lines: ['berka'] }];
    const found = { metrics: measured(1), comparisons: [], against: WITHOUT_CHAMPION };
    expect(judgeGates(gates, 'default', found).map(({ gate }) => gate)).toEqual(['auc ≥ 0.8', gateName(champion)]);
    expect(judgeGates(gates, 'taiwan', found).map(({ gate }) => gate)).toEqual([gateName(champion)]);
  });
});

const hashes = fc.record({
  signatureHash: fc.constantFrom('s1', 's2'),
  definitionHash: fc.constantFrom('d1', 'd2'),
});
const provenance = fc.tuple(hashes, fc.record({ datasetHash: fc.constantFrom('a', 'b'), seed: fc.nat(2) }));
const versionText = fc.tuple(fc.nat(300), fc.nat(300), fc.nat(300)).map((parts) => parts.join('.'));
const numbered: fc.Arbitrary<NumberedVersion> = fc
  .tuple(versionText, provenance)
  .map(([version, [found, origin]]) => ({ version, ...found, ...origin }));

describe('nextVersion', () => {
  it('starts at 1.0.0', () => {
    expect(nextVersion(null, { signatureHash: 's', definitionHash: 'd' })).toBe('1.0.0');
  });

  it('increments major, minor or patch by the first hash that changed', () => {
    fc.assert(
      fc.property(numbered, hashes, (newest, challenger) => {
        const next = nextVersion(newest, challenger);
        expect(semver.gt(next, newest.version)).toBe(true);
        const [major, minor, patch] = newest.version.split('.').map(Number) as [number, number, number];
        const wanted =
          newest.signatureHash !== challenger.signatureHash
            ? `${major + 1}.0.0`
            : newest.definitionHash !== challenger.definitionHash
              ? `${major}.${minor + 1}.0`
              : `${major}.${minor}.${patch + 1}`;
        expect(next).toBe(wanted);
      }),
    );
  });

  it('refuses a newest version that is not a semantic version', () => {
    const broken = { version: 'one', signatureHash: 's', definitionHash: 'd' };
    expect(() => nextVersion(broken, broken)).toThrow(expect.objectContaining({ code: 'INTERNAL' }) as Error);
  });
});

const facts: fc.Arbitrary<RegistrationFacts> = fc.record({
  sameArtefact: fc.option(numbered),
  gates: fc.array(fc.record({ gate: fc.string(), passed: fc.boolean(), finding: fc.string() }), { maxLength: 4 }),
  comparedWith: fc.option(fc.constantFrom('1.0.0', '1.1.0')),
  champion: fc.option(fc.constantFrom('1.0.0', '1.1.0')),
  newest: fc.option(numbered),
  challenger: provenance.map(([found, origin]) => ({ ...found, ...origin })),
});

describe('decideRegistration', () => {
  const codeOf = (found: RegistrationFacts) => {
    try {
      return decideRegistration(found).decision;
    } catch (fault) {
      return (fault as { code: string }).code;
    }
  };

  it('decides in the order: unchanged, rejected, conflict, registered', () => {
    fc.assert(
      fc.property(facts, (found) => {
        const wanted =
          found.sameArtefact !== null
            ? 'unchanged'
            : found.gates.some(({ passed }) => !passed)
              ? 'rejected'
              : found.comparedWith !== found.champion
                ? 'CONFLICT'
                : 'registered';
        expect(codeOf(found)).toBe(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('gives a reason for every decision, and one for each failed gate', () => {
    fc.assert(
      fc.property(facts, (found) => {
        fc.pre(codeOf(found) !== 'CONFLICT');
        const { decision, version, reasons } = decideRegistration(found);
        expect(reasons.length).toBeGreaterThan(0);
        expect(version === null).toBe(decision === 'rejected');
        if (decision === 'rejected') expect(reasons).toHaveLength(found.gates.filter(({ passed }) => !passed).length);
      }),
    );
  });

  const base: RegistrationFacts = {
    sameArtefact: null,
    gates: [],
    comparedWith: null,
    champion: null,
    newest: null,
    challenger: { signatureHash: 's1', definitionHash: 'd1', datasetHash: 'b', seed: 42 },
  };
  const after = (change: Partial<NumberedVersion>): RegistrationFacts => ({
    ...base,
    newest: { version: '1.2.3', signatureHash: 's1', definitionHash: 'd1', datasetHash: 'a', seed: 42, ...change },
  });

  it('names the cause of the version number', () => {
    const firstReason = (found: RegistrationFacts) => decideRegistration(found).reasons[0];
    expect(firstReason(base)).toBe('1.0.0 is the first version of its line');
    expect(firstReason(after({ definitionHash: 'd0' }))).toBe('1.3.0 follows 1.2.3: definition or parameters changed');
    expect(firstReason(after({ signatureHash: 's0' }))).toBe('2.0.0 follows 1.2.3: the signature changed');
  });

  it.each([
    [{}, 'only the data changed'],
    [{ datasetHash: 'b', seed: 7 }, 'only the seed changed'],
    [{ seed: 7 }, 'data and seed changed'],
    [{ datasetHash: 'b' }, 'data, seed and definition are the same, the artefact is another one'],
  ])('tells data from seed: %j', (change, cause) => {
    expect(decideRegistration(after(change)).reasons[0]).toBe(`1.2.4 follows 1.2.3: ${cause}`);
  });

  const champion = { version: '1.2.3', signatureHash: 's1', definitionHash: 'd1', datasetHash: 'b', seed: 42 };

  it.each([
    [champion, '1.2.3', 'same data, definition and seed as the champion 1.2.3'],
    [champion, '1.3.0', 'same data, definition and seed as version 1.2.3'],
    [{ ...champion, datasetHash: 'a' }, '1.2.3', 'other data, yet the artefact of the champion 1.2.3'],
    [
      { ...champion, definitionHash: 'd0', seed: 7 },
      null,
      'other definition and seed, yet the artefact of version 1.2.3',
    ],
  ])('says of a repetition what it repeats, and asks for no reason: %#', (sameArtefact, present, cause) => {
    const gates = [{ gate: 'against champion', passed: false, finding: 'it passes with a stated reason (--reason)' }];
    expect(decideRegistration({ ...base, sameArtefact, champion: present, gates })).toEqual({
      decision: 'unchanged',
      version: '1.2.3',
      reasons: [`repetition: ${cause}; no gate decides`],
    });
  });
});
