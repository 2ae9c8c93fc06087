import type { Table } from '../../../contracts/table.js';
import type { TableSpec } from '../../../contracts/backend.js';
import { userColumnOf, userHash } from '../buckets.js';

const csvText = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const cellOf = (value: string | number | null | undefined, isTime: boolean): string => {
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) return '';
  if (typeof value === 'string') return csvText(value);
  return isTime ? new Date(value).toISOString() : String(value);
};

/** Rows of a table as lines of CSV in the form in which the source sends its own, without line feeds at the end. */
export function csvLines(spec: TableSpec, table: Table): string[] {
  const owner = userColumnOf(spec.name);
  const columns = spec.columns.map(({ name, type }) => ({ values: table.columns[name]!.values, isTime: type === 'timestamp' })); // prettier-ignore
  const owners = owner === null ? [] : (table.columns[owner]!.values as readonly (string | null)[]);
  return Array.from({ length: table.rowCount }, (_, row) => {
    const user = owners[row] ?? null;
    const cells = columns.map(({ values, isTime }) => cellOf(values[row], isTime));
    return [user === null ? '' : String(userHash(user)), ...cells].join(',');
  });
}
