import { describe, expect, it } from 'vitest';
import { decision, judge } from './decision.js';
import { rejectionScore } from './out-of-scope.js';

const settings = decision.parse({
  schemaVersion: 1,
  engine: 'from-scratch',
  classes: ['block', 'out_of_scope', 'transfer'],
  several: false,
  temperature: 1,
  intentThreshold: 0.5,
  rejection: { score: 'logit', threshold: 1.5 },
  notes: [],
});
const isRejected = (scores: readonly number[], rule: 'score' | 'class or score'): boolean => {
  const { rejection } = settings;
  return judge(scores, { ...settings, rejection: { ...rejection, rule } }).answer.outOfScope.rejected;
};

describe('rejection with a class for out-of-scope messages', () => {
  it('follows the threshold alone under the rule `score`', () => {
    expect(isRejected([2, 3, 0], 'score')).toBe(false);
    expect(isRejected([2, 3, 0], 'class or score')).toBe(true);
    for (const rule of ['score', 'class or score'] as const) {
      expect(isRejected([1, 3, 0], rule)).toBe(true);
      expect(isRejected([3, 1, 0], rule)).toBe(false);
    }
  });

  it('keeps the former rule in artefacts that do not name one', () => {
    expect(settings.rejection.rule).toBe('class or score');
  });

  it('follows the most probable class without a threshold', () => {
    const open = { ...settings, rejection: { ...settings.rejection, rule: 'score' as const, threshold: null } };
    expect(judge([2, 3, 0], open).answer.outOfScope.rejected).toBe(true);
    expect(judge([3, 2, 0], open).answer.outOfScope.rejected).toBe(false);
  });

  it('measures the highest logit of an intent against that of the class', () => {
    expect(rejectionScore('logit', [2, 3, 0], [], 1)).toBe(1);
    expect(rejectionScore('logit', [2, 3, 0], [], -1)).toBe(-3);
  });
});
