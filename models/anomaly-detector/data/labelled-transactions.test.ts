import { describe, expect, it } from 'vitest';
import type { SnapshotTables } from '../../../contracts/backend.js';
import type { Column, Table } from '../../../contracts/table.js';
import { numberColumn, textColumn, timestampColumn } from '../../../learning/table.js';
import { labelledTransactions } from './labelled-transactions.js';

const DAY_MS = 86_400_000;
const AS_OF = Date.UTC(2026, 9, 31);
const daysAgo = (days: number): number => AS_OF - days * DAY_MS;

const text = (...values: (string | null)[]): Column => ({ kind: 'text', values });
const number = (...values: number[]): Column => ({ kind: 'number', values: Float64Array.from(values) });
const moment = (...values: number[]): Column => ({ kind: 'timestamp', values: Float64Array.from(values) });

/** Four transactions: disputed, dismissed by an analyst, confirmed and never disputed, and the newest. */
function transactions(disputedAt = daysAgo(50)): Table {
  return {
    rowCount: 4,
    columns: {
      id: text('t1', 't2', 't3', 't4'),
      user_id: text('ann', 'ann', 'ben', 'ann'),
      merchant: text('SHOP', null, 'SHOP', 'SHOP'),
      description: text('POS SHOP', 'ATM-CASH/PUNE/123456', 'POS SHOP', 'POS SHOP'),
      category: text('shopping', 'cash', 'shopping', 'shopping'),
      amount: number(-100, -5000, -300, -100),
      currency: text('INR', 'INR', 'EUR', 'INR'),
      booked_at: moment(daysAgo(60), daysAgo(50), daysAgo(42), daysAgo(10)),
      disputed_at: moment(disputedAt, Number.NaN, Number.NaN, Number.NaN),
    },
  };
}

const feedback: Table = {
  rowCount: 4,
  columns: {
    model: text('anomaly-detector', 'anomaly-detector', 'anomaly-detector', 'intent-classifier'),
    entity_kind: text('transaction', 'transaction', 'transaction', 'chat_message'),
    entity_id: text('t1', 't2', 't3', 't1'),
    verdict: text('confirmed', 'dismissed', 'confirmed', 'corrected'),
    created_at: moment(daysAgo(55), daysAgo(45), daysAgo(30), daysAgo(1)),
  },
};

const rowsOf = (tables: SnapshotTables, timeZone?: string) =>
  labelledTransactions(tables, { asOf: AS_OF, source: 'generated', timeZone });

describe('labelledTransactions', () => {
  it('labels by disputes, keeps verdicts, and omits transactions that are too new', () => {
    const { table, notes } = rowsOf({ transactions: transactions(), prediction_feedback: feedback });
    expect(textColumn(table, 'transactionId')).toEqual(['t1', 't2', 't3']);
    expect([...numberColumn(table, 'fraud')]).toEqual([1, 0, 0]);
    expect([...numberColumn(table, 'verdict')]).toEqual([1, 0, 1]);
    // Confirmed five days before it was disputed; confirmed alone; not known.
    expect([...timestampColumn(table, 'misuseKnownAt')]).toEqual([daysAgo(55), Number.NaN, daysAgo(30)]);
    expect(notes.join(' ')).toContain('1 of 3 transactions were disputed');
    expect(notes.join(' ')).toContain('1 transactions of the last 30 days are left out');
  });

  it('names a counterparty by the statement line without its numbers, and uses each currency’s time zone', () => {
    const { table } = rowsOf({ transactions: transactions(), prediction_feedback: feedback });
    expect(textColumn(table, 'counterparty')).toEqual(['SHOP', 'ATM-CASH/PUNE/', 'SHOP']);
    expect([...numberColumn(table, 'hour')]).toEqual([5.5, 5.5, 0]);
  });

  it('reads every transaction on the clock of the snapshot’s zone, through the change of clocks', () => {
    const changed = Date.parse('2026-03-29T01:00:00Z');
    const booked = moment(changed - 1, changed, daysAgo(42), daysAgo(10));
    const table = { ...transactions(), columns: { ...transactions().columns, booked_at: booked } };
    const found = rowsOf({ transactions: table }, 'Europe/Berlin').table;
    expect([...numberColumn(found, 'hour')].slice(0, 2).map(Math.round)).toEqual([2, 3]);
    expect([...numberColumn(found, 'utcOffsetHours')].slice(0, 2)).toEqual([1, 2]);
  });

  it('leaves labels unknown where a source records neither disputes nor verdicts', () => {
    const { table, notes } = rowsOf({ transactions: transactions(Number.NaN) });
    expect([...numberColumn(table, 'fraud')].every((label) => Number.isNaN(label))).toBe(true);
    expect(notes).toEqual(['the source records neither disputes nor verdicts']);
  });

  it('counts the last 30 days from the newest transaction of an outdated source', () => {
    const stale = labelledTransactions(
      { transactions: transactions() },
      { asOf: AS_OF + 300 * DAY_MS, source: 'generated' },
    );
    expect(textColumn(stale.table, 'transactionId')).toEqual(['t1', 't2', 't3']);
  });

  it('throws DATASET_NOT_FOUND without transactions', () => {
    expect(() => rowsOf({})).toThrow(expect.objectContaining({ code: 'DATASET_NOT_FOUND' }));
  });
});
