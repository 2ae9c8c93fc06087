import { describe, expect, it } from 'vitest';
import type { SnapshotTables } from '../../contracts/backend.js';
import { DAY_MS, type Span } from './event-index.js';
import { labelWindows, windowColumns } from './label-windows.js';

const START = Date.UTC(2026, 0, 1);
const tables: SnapshotTables = {
  users: { rowCount: 2, columns: { id: { kind: 'text', values: ['u1', 'u2'] } } },
  transactions: {
    rowCount: 2,
    columns: { booked_at: { kind: 'timestamp', values: Float64Array.of(START, START + 60 * DAY_MS - 1) } },
  },
};
const settings = { days: 30, count: 2, label: (customer: string) => (customer === 'u1' ? 1 : 0) };

describe('labelWindows', () => {
  it('ends the last window with the data, if the snapshot is later', () => {
    const { table, notes } = labelWindows(tables, START + 100 * DAY_MS, settings);
    expect(table.columns['as_of']?.values).toEqual(
      Float64Array.of(START + 30 * DAY_MS, START, START + 30 * DAY_MS, START),
    );
    expect(table.columns['rowId']?.values).toEqual([
      'u1 2026-01-31',
      'u1 2026-01-01',
      'u2 2026-01-31',
      'u2 2026-01-01',
    ]);
    expect(table.columns['label']?.values).toEqual(Float64Array.of(1, 1, 0, 0));
    expect(notes).toEqual(['4 of 4 windows of 30 days have a label']);
  });

  it('has no window after the snapshot', () => {
    const windows: Span[] = [];
    labelWindows(tables, START + 40 * DAY_MS, { ...settings, label: (_, window) => windows.push(window) });
    for (const { since, before } of windows) {
      expect(before - since).toBe(30 * DAY_MS);
      expect(before).toBeLessThanOrEqual(START + 40 * DAY_MS);
    }
  });

  it('leaves out windows without a label and counts them', () => {
    const label = (customer: string, { since }: Span) => (customer === 'u1' && since > START ? 0 : NaN);
    const { table, notes } = labelWindows(tables, START + 60 * DAY_MS, { ...settings, label });
    expect(table.columns['entity_id']?.values).toEqual(['u1']);
    expect(notes).toEqual(['1 of 4 windows of 30 days have a label']);
  });

  it('returns no rows without customers, but all columns', () => {
    const { table } = labelWindows({}, START, settings);
    expect(table.rowCount).toBe(0);
    expect(Object.keys(table.columns)).toEqual([...windowColumns.map(({ name }) => name), 'label']);
  });
});
