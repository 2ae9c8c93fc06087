import type { TableSpec } from '../../contracts/backend.js';
import type { TablePolicy } from '../../contracts/data-policy.js';
import { PipelineError } from '../../contracts/errors.js';
import type { Table } from '../../contracts/table.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { applyPolicy, type Pseudonym, pseudonymsBy } from './apply-policy.js';

/**
 * What extraction does with each page of a table.
 * @throws PipelineError `KEY_NOT_FOUND` when something is hashed and the key's version is gone.
 */
export async function changesBy(
  { changes, keyVersion }: TablePolicy,
  spec: Pick<TableSpec, 'columns'>,
  keys: (() => Promise<KeyRing>) | undefined,
): Promise<(table: Table) => Table> {
  const pseudonym = keyVersion === null ? String : await pseudonymOf(keys, keyVersion);
  const nullable = new Set(spec.columns.filter((column) => column.nullable === true).map(({ name }) => name));
  const isNullable = (column: string): boolean => nullable.has(column);
  return (table) => applyPolicy(table, changes, { isNullable, pseudonym });
}

async function pseudonymOf(keys: (() => Promise<KeyRing>) | undefined, keyVersion: number): Promise<Pseudonym> {
  if (keys === undefined) throw new PipelineError('INTERNAL', 'a job that hashes was given no key ring');
  const pseudonym = pseudonymsBy(await keys(), keyVersion);
  pseudonym(''); // a missing key ends the step before a row is read
  return pseudonym;
}
