import { describe, expect, it } from 'vitest';
import { parseIsoDate } from '../../../learning/time-series/calendar/index.js';
import { requirePlausibleDays, unseenCategoryNotes } from './sent-transactions.js';

const day = (text: string): number => parseIsoDate(text)!;
const until = day('2026-01-01');

describe('days of sent transactions', () => {
  const check = (days: readonly string[], more: { asOf?: string; hasHistory?: boolean } = {}) => {
    const asOf = more.asOf === undefined ? null : day(more.asOf);
    return () => requirePlausibleDays(days.map(day), { until, hasHistory: more.hasHistory ?? true, asOf });
  };

  it.each([[['2026-01-03', '2025-12-20', '2026-11-30']], [['2026-12-01', '2027-10-01']], [[]]])(
    '%j are plausible after a history',
    (days) => expect(check(days)).not.toThrow(),
  );

  it.each([
    [['2026-01-03', '2062-12-20', '2026-01-09'], 'transactions.1.bookedAt'],
    [['2027-01-03'], 'transactions.0.bookedAt'],
    [['2026-12-20', '2026-12-22', '2028-12-23'], 'transactions.2.bookedAt'],
  ])('%j are refused, naming the row and no value', (days, field) => {
    expect(check(days)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', details: { field } }));
    expect(check(days)).not.toThrow(/2062|2028/);
  });

  it('of a new customer may be years after the training data, and not decades', () => {
    expect(check(['2029-05-01', '2029-06-01'], { hasHistory: false })).not.toThrow();
    expect(check(['2062-05-01'], { hasHistory: false })).toThrow(/transactions.0.bookedAt/);
  });

  it('may not lie a year after the day that the request names', () => {
    expect(check(['2026-03-01'], { asOf: '2026-02-01' })).not.toThrow();
    expect(check(['2026-12-01'], { asOf: '2025-06-01' })).toThrow(/wanted at most 2026-06-02/);
  });
});

describe('categories of sent transactions', () => {
  const model = {
    errors: { names: ['total', 'groceries'], covariance: [], typicalVariance: 1 },
    groups: [{ total: 1, categories: { dining: 1 } }],
  };
  const notes = (...categories: (string | null)[]): string[] =>
    unseenCategoryNotes(
      categories.map((category) => ({ bookedAt: '2026-01-01', amount: -1, category })),
      model,
      ['pets'],
    );

  it('that are known by training, by the history or as a word of the model need no note', () =>
    expect(notes('groceries', 'dining', 'pets', 'rent', 'salary', 'other', null)).toEqual([]));

  it('that are not known are said once each, with the nearest', () => {
    expect(notes('grocries', 'dining', 'grocries', 'xyzzy')).toEqual([
      'transactions.0.category (and 1 more): a word that training has not seen, a category of its own here; the nearest is groceries',
      'transactions.3.category: a word that training has not seen, a category of its own here',
    ]);
    expect(notes('Groceries')).toEqual([expect.stringContaining('the nearest is groceries')]);
  });
});
