import { errorAt } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { withColumn } from '../../table.js';

/** Value of the rows that judge. */
export const HELD_OUT = 'test';
const LEARNED = 'train';

/**
 * The parts in lower case, without blanks at the ends.
 * @throws PipelineError `INVALID_VALUE` naming the row, for a part that is neither `train` nor `test`.
 */
export function withParts(table: Table, part: string): Table {
  const cells = table.columns[part]?.values ?? [];
  const values = Array.from<string | number | null, string>(cells, (cell, row) => {
    const name = String(cell ?? '')
      .trim()
      .toLowerCase();
    if (name === LEARNED || name === HELD_OUT) return name;
    throw errorAt('INVALID_VALUE', { row: row + 1, column: part }, `wanted ${LEARNED} or ${HELD_OUT}`);
  });
  return withColumn(table, part, { kind: 'text', values });
}

/** @throws PipelineError `INVALID_VALUE` with their number, when groups have rows in both parts. */
export function requireWholeGroups(table: Table, part: string, group: string): void {
  const parts = table.columns[part]!.values;
  const partsOf = new Map<string | number, Set<string | number>>();
  table.columns[group]!.values.forEach((name: string | number | null, row: number) => {
    if (name === null) return;
    partsOf.set(name, (partsOf.get(name) ?? new Set()).add(parts[row]!));
  });
  const crossing = [...partsOf.values()].filter(({ size }) => size > 1).length;
  if (crossing === 0) return;
  const finding = `${crossing} of ${partsOf.size} values have rows of both parts ("${part}"), wanted all rows of one on one side`;
  throw errorAt('INVALID_VALUE', { column: group }, finding);
}
