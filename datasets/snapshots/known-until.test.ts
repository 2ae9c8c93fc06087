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
  const all = ['users', 'transactions', 'loans', 'loan_payments', 'entity_annotations', 'prediction_feedback'] as const;

  it('is the moment of the snapshot while the events are alive', () => {
    expect(knownUntil({ asOf: AS_OF, tables: [table('transactions', AS_OF - 1), table('loans', null)] }, all)).toBe(
      AS_OF,
    );
    expect(knownUntil({ asOf: AS_OF, tables: [table('transactions', AS_OF - DAY_MS)] }, all)).toBe(AS_OF);
  });

  it('is just after the newest event of the tables in question when these have ended', () => {
    const tables = [table('transactions', 60 * DAY_MS), table('loans', 80 * DAY_MS)];
    expect(knownUntil({ asOf: AS_OF, tables }, all)).toBe(80 * DAY_MS + 1);
    expect(knownUntil({ asOf: AS_OF, tables }, ['users', 'transactions'])).toBe(60 * DAY_MS + 1);
  });

  it('counts no slowly changing rows, nothing that people add afterwards, no instalments that fall due later', () => {
    const names = ['users', 'entity_annotations', 'prediction_feedback', 'loan_payments'] as const;
    const added = names.map((name) => table(name, AS_OF - 1));
    const tables = [table('transactions', 60 * DAY_MS), ...added];
    expect(knownUntil({ asOf: AS_OF, tables }, all)).toBe(60 * DAY_MS + 1);
  });

  it('is the moment of the snapshot when there are no events', () => {
    expect(knownUntil({ asOf: AS_OF, tables: [table('users', 5)] }, all)).toBe(AS_OF);
  });
});
