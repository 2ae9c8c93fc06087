import { describe, expect, it } from 'vitest';
import type { ExtractedTable } from '../../contracts/activities.js';
import { knownUntil } from './known-until.js';

const DAY_MS = 86_400_000;
const AS_OF = 100 * DAY_MS;
const table = (name: ExtractedTable['table'], to: number | null): ExtractedTable => ({
  table: name,
  rows: 1,
  parts: [],
  eventTime: to === null ? null : { from: 0, to },
  queryHash: 'a'.repeat(64),
});

describe('knownUntil', () => {
  it('is the moment of the snapshot while the source is alive', () => {
    expect(knownUntil({ asOf: AS_OF, tables: [table('transactions', AS_OF - 1), table('users', null)] })).toBe(AS_OF);
    expect(knownUntil({ asOf: AS_OF, tables: [table('transactions', AS_OF - DAY_MS)] })).toBe(AS_OF);
  });

  it('is just after the newest row of a source that has ended', () => {
    const tables = [table('users', DAY_MS), table('transactions', 60 * DAY_MS)];
    expect(knownUntil({ asOf: AS_OF, tables })).toBe(60 * DAY_MS + 1);
  });

  it('counts neither what people add to a source afterwards nor instalments that fall due later', () => {
    const names = ['entity_annotations', 'prediction_feedback', 'loan_payments'] as const;
    const added = names.map((name) => table(name, AS_OF - 1));
    expect(knownUntil({ asOf: AS_OF, tables: [table('transactions', 60 * DAY_MS), ...added] })).toBe(60 * DAY_MS + 1);
  });

  it('is the moment of the snapshot when there are no rows', () => {
    expect(knownUntil({ asOf: AS_OF, tables: [] })).toBe(AS_OF);
  });
});
