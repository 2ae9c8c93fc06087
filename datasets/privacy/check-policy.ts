import { type BackendTable, backendTables } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import {
  type ColumnAction,
  type ColumnChange,
  type ColumnChanges,
  dataPolicy,
  type DataPolicy,
  type SnapshotPolicy,
} from '../../contracts/data-policy.js';
import { pipelineError } from '../../contracts/errors.js';
import { nearestHint } from '../../contracts/nearest-name.js';
import { isKeyColumn } from '../sources/backend/column-types.js';
import { tableSpecs } from '../sources/backend/tables.js';

/** Why an action does not fit a column; null: it does. */
function misfit(spec: ColumnSpec, action: ColumnAction, isKey: boolean): string | null {
  if (action === 'keep') return null;
  if (isKey) return 'is a key, by which rows are joined, looked up and erased; wanted keep';
  if (action !== 'drop' && spec.type !== 'text') return `holds ${spec.type}, not texts; wanted keep or drop`;
  if (action === 'drop' && spec.type !== 'text' && spec.nullable !== true) return 'may not be empty; wanted keep';
  return null;
}

/** Whether a policy may do this with a column that is no key. */
export const fitsColumn = (spec: ColumnSpec, action: ColumnAction): boolean => misfit(spec, action, false) === null;

/** What is wrong with the actions for columns. @param where - for messages. */
export function columnFaults(
  where: string,
  actions: Readonly<Record<string, ColumnAction>>,
  specs: readonly ColumnSpec[],
  isKey: (spec: ColumnSpec) => boolean,
): string[] {
  return Object.entries(actions).flatMap(([name, action]) => {
    const spec = specs.find((each) => each.name === name);
    const names = specs.map((each) => each.name);
    if (spec === undefined) return [`${where} has no column ${name}${nearestHint(name, names)}`];
    const fault = misfit(spec, action, isKey(spec));
    return fault === null ? [] : [`${where}.${name}: ${action}: the column ${fault}`];
  });
}

const describeIssue = ({
  path,
  message,
}: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): string => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`);

/**
 * A policy as a user wrote it.
 * @param where - file that it is from, for messages.
 * @throws PipelineError `POLICY_INVALID` naming every table and column that is unknown, and every action that does not
 *   fit its column.
 */
export function parsePolicy(value: unknown, where: string): DataPolicy {
  const parsed = dataPolicy.safeParse(value);
  if (!parsed.success) throw pipelineError('POLICY_INVALID', { where, faults: parsed.error.issues.map(describeIssue) });
  const faults = backendTables.flatMap((table) =>
    columnFaults(`tables.${table}`, parsed.data.tables[table] ?? {}, tableSpecs[table].columns, isKeyColumn),
  );
  if (faults.length > 0) throw pipelineError('POLICY_INVALID', { where, faults });
  return parsed.data;
}

/** The columns that are not kept. */
export const changesOf = (actions: Readonly<Record<string, ColumnAction>>): ColumnChanges =>
  Object.fromEntries(Object.entries(actions).filter((entry): entry is [string, ColumnChange] => entry[1] !== 'keep'));

/** The changed columns of each table that has some. */
export function changedTables({ tables }: DataPolicy): SnapshotPolicy['tables'] {
  const changed = Object.entries(tables)
    .map(([table, actions]): [BackendTable, ColumnChanges] => [table as BackendTable, changesOf(actions)])
    .filter(([, changes]) => Object.keys(changes).length > 0);
  return Object.fromEntries(changed);
}

/**
 * What a snapshot under a policy changes; null: nothing, as without a policy.
 * @param keyVersion - present version of the key of the pseudonyms; asked only when something is hashed.
 */
export async function snapshotPolicyOf(
  policy: DataPolicy,
  keyVersion: () => Promise<number>,
): Promise<SnapshotPolicy | null> {
  const tables = changedTables(policy);
  const changes = Object.values(tables);
  if (changes.length === 0) return null;
  const hashes = changes.some((columns) => Object.values(columns).includes('hash'));
  return { tables, keyVersion: hashes ? await keyVersion() : null };
}
