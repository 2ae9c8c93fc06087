import type { ColumnChange, ColumnChanges } from '../../contracts/data-policy.js';
import type { Column, Table } from '../../contracts/table.js';
import { maskWithTokens } from '../../learning/text/personal-data/index.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';

/** The pseudonym of a value. */
export type Pseudonym = (value: string) => string;

/** Hexadecimal digits of a pseudonym: 64 bits, so that two of ten million values share one with probability 3e-6. */
const PSEUDONYM_DIGITS = 16;

/**
 * Pseudonyms by one version of their key: the same value has the same in every table and snapshot until the key is
 * rotated, and nobody without the key can tell whose it is.
 * @throws PipelineError `KEY_NOT_FOUND` when the pseudonym is asked for and the version is gone.
 */
export const pseudonymsBy =
  (keys: KeyRing, keyVersion: number): Pseudonym =>
  (value) =>
    keys.signWith('pseudonyms', keyVersion, value).toString('hex').slice(0, PSEUDONYM_DIGITS);

/** Pseudonyms by the newest version of their key. */
export const newestPseudonyms = (keys: KeyRing): Pseudonym => pseudonymsBy(keys, keys.sign('pseudonyms', '').version);

/** Values repeat, above all names of merchants: each is changed once. */
function eachOnce(change: (value: string) => string): (value: string) => string {
  const known = new Map<string, string>();
  return (value) => {
    const found = known.get(value) ?? change(value);
    known.set(value, found);
    return found;
  };
}

/** Of a column that may not be empty the empty text stands for a dropped value. */
function changeTexts(
  values: readonly (string | null)[],
  change: ColumnChange,
  { nullable, pseudonym }: { readonly nullable: boolean; readonly pseudonym: Pseudonym },
): readonly (string | null)[] {
  if (change === 'drop') return values.map(() => (nullable ? null : ''));
  const changed = eachOnce(change === 'mask' ? maskWithTokens : pseudonym);
  return values.map((value) => (value === null ? null : changed(value)));
}

function changeColumn(column: Column, change: ColumnChange, options: Parameters<typeof changeTexts>[2]): Column {
  if (column.kind === 'text') return { kind: 'text', values: changeTexts(column.values, change, options) };
  return { kind: column.kind, values: new Float64Array(column.values.length).fill(Number.NaN) };
}

/**
 * A table with its columns changed as a policy says; rows and their order stay. Columns that it lacks are passed over.
 * @param isNullable - whether values of a column may be missing.
 */
export function applyPolicy(
  table: Table,
  changes: ColumnChanges,
  { isNullable, pseudonym }: { readonly isNullable: (column: string) => boolean; readonly pseudonym: Pseudonym },
): Table {
  const changed = Object.entries(table.columns).map(([name, column]): [string, Column] => {
    const change = changes[name];
    return [
      name,
      change === undefined ? column : changeColumn(column, change, { nullable: isNullable(name), pseudonym }),
    ];
  });
  return { rowCount: table.rowCount, columns: Object.fromEntries(changed) };
}
