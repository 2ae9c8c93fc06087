import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import type { EntityStateView } from '../../contracts/entity-state.js';
import { selectRows, textColumn, timestampColumn } from '../../learning/table.js';

/** Entities that are built alone. */
const MOST_ENTITIES = 20;

/** A moment with two thirds of the rows before it. */
function momentOf({ table }: TrainingData, { timeColumn }: EntityStateView): number {
  const times = timestampColumn(table, timeColumn).filter((time) => !Number.isNaN(time)).sort(); // prettier-ignore
  return times[Math.floor((2 * times.length) / 3)]!;
}

/** The rows of a data set for which `keep` holds. */
function rowsWhere(data: TrainingData, keep: (row: number) => boolean): TrainingData {
  const rows = [...Array(data.table.rowCount).keys()].filter(keep);
  return { ...data, table: selectRows(data.table, rows) };
}

/** The contract of an entity state, which the feature store and evaluation rely on. */
function checkState(view: EntityStateView, data: () => TrainingData): void {
  it('is JSON that its schema accepts, once an entity, in a fixed order', () => {
    const asOf = momentOf(data(), view);
    const built = [...view.build(data(), asOf)];
    expect(built.length).toBeGreaterThan(0);
    expect(new Set(built.map(([id]) => id)).size).toBe(built.length);
    for (const [, state] of built) {
      const parsed: unknown = view.state.parse(state);
      expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
    }
    expect(JSON.stringify([...view.build(data(), asOf)])).toBe(JSON.stringify(built));
  });

  it('depends on the rows before its moment alone', () => {
    const all = data();
    const asOf = momentOf(all, view);
    const times = timestampColumn(all.table, view.timeColumn);
    const before = rowsWhere(all, (row) => times[row]! < asOf);
    expect(before.table.rowCount).toBeLessThan(all.table.rowCount);
    expect([...view.build(before, asOf)]).toEqual([...view.build(all, asOf)]);
  });

  it('depends on the rows that name its entity alone', () => {
    const all = data();
    const asOf = momentOf(all, view);
    const names = textColumn(all.table, view.idColumn);
    for (const entry of [...view.build(all, asOf)].slice(0, MOST_ENTITIES)) {
      const own = rowsWhere(all, (row) => names[row] === entry[0]);
      expect([...view.build(own, asOf)]).toEqual([entry]);
    }
  });
}

/** @param data - all rows of a small data set. */
export function checkStates(views: readonly EntityStateView[], data: () => TrainingData): void {
  for (const view of views) describe(`state ${view.name}`, () => checkState(view, data));
}
