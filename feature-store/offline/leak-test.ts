import type { SnapshotTables } from '../../contracts/backend.js';
import { pipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { BackendDataset, GroupedColumns, SnapshotMoment } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import { encodedColumn, textColumn, timestampColumn } from '../../learning/table.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { computeGrouped, groupedRowsOf } from '../definitions/rows-by-user.js';
import { knownAt, rowsOfUsers } from './known-rows.js';

/*
 * A feature of a training row may use only what was known before the row's moment. For a sample of rows everything that
 * became known later is removed and the row is computed once more: whatever path a leak takes, a value changes.
 */

/** Rows of a data set that are computed again: about 1 % of the cost of making it (ADR 0262). */
export const LEAK_SAMPLE = 8;

/** Training rows with their features joined, and what they were made of. */
export interface LeakTest {
  readonly backend: Pick<BackendDataset, 'views' | 'schema' | 'rows' | 'byUser'>;
  readonly tables: SnapshotTables;
  readonly snapshot: SnapshotMoment;
  readonly rows: Table;
  /** The same text draws the same rows. */
  readonly seed: string;
  /** @default LEAK_SAMPLE */
  readonly sample?: number;
}

/** Columns that differ, with the number of rows. */
type Leaks = Map<string, number>;

const note = (leaks: Leaks, column: string): void => void leaks.set(column, (leaks.get(column) ?? 0) + 1);

/** Row numbers without repetition, in ascending order. */
function drawRows(count: number, size: number, seed: string): number[] {
  if (count <= size) return Array.from({ length: count }, (_, row) => row);
  const random = createRandom(Number.parseInt(seed.slice(0, 8), 16) >>> 0);
  const drawn = new Set<number>();
  while (drawn.size < size) drawn.add(random.integer(count));
  return [...drawn].sort((a, b) => a - b);
}

const isSame = (a: Column, i: number, b: Column, j: number): boolean => Object.is(a.values[i], b.values[j]);

/** Fields of a view that differ when they are computed from these tables. */
function differingFields(view: FeatureView, known: SnapshotTables, { rows, row, entityId, moment }: Sampled): string[] {
  const values = view.prepare(known)(entityId, moment);
  const names = view.fields.map(({ name }) => name);
  return names.filter((name, field) => !Object.is(rows.columns[name]!.values[row], values[field]));
}

interface Sampled {
  readonly rows: Table;
  readonly row: number;
  readonly entityId: string;
  /** Milliseconds. */
  readonly moment: number;
}

/** Columns that the model's own rows bring, without those of views, of groups of rows and the label. */
function ownColumns({ schema, views, byUser }: LeakTest['backend']): string[] {
  const others = new Set([...views.flatMap(({ fields }) => fields.map(({ name }) => name)), schema.label]);
  for (const name of byUser?.grouped?.adds ?? []) others.add(name);
  return schema.features.map(({ name }) => name).filter((name) => !others.has(name));
}

/** The model's own columns that differ in the row of this key; none where a row cannot be told by its key. */
function differingColumns({ backend, snapshot }: LeakTest, known: SnapshotTables, { rows, row }: Sampled): string[] {
  const key = textColumnOrNull(rows, backend.schema.key);
  if (backend.byUser === undefined || key === null) return [];
  for (const section of backend.byUser.rows(known, snapshot).sections) {
    const found = textColumn(section, backend.schema.key).indexOf(key[row]!);
    if (found < 0) continue;
    return ownColumns(backend).filter((name) => {
      const [own, again] = [rows.columns[name], section.columns[name]];
      return own !== undefined && again !== undefined && !isSame(own, row, again, found);
    });
  }
  return [];
}

/** Columns over groups of rows: each again from the earlier rows of its group. */
function checkGrouped(rows: Table, grouped: GroupedColumns, sample: readonly number[], leaks: Leaks): void {
  const { groups, times, values } = groupedRowsOf(rows, grouped);
  const isDate = rows.columns[grouped.value]?.kind === 'timestamp';
  for (const row of sample) {
    const code = groups.codes[row]!;
    if (code < 0) continue;
    const moment = times[row]!;
    const members: number[] = [];
    for (let other = 0; other < times.length; other++)
      if (groups.codes[other] === code && times[other]! < moment) members.push(other);
    const known = [...members, row];
    const computed = computeGrouped(grouped, {
      groups: { codes: new Int32Array(known.length), words: ['group'] },
      times: Float64Array.from(known, (other) => times[other]!),
      values: Float64Array.from(known, (other) => (isDate && values[other]! >= moment ? Number.NaN : values[other]!)),
    });
    grouped.adds.forEach((name, k) => {
      if (!Object.is(rows.columns[name]!.values[row], computed[k]!.at(-1))) note(leaks, name);
    });
  }
}

function refuse(leaks: Leaks, sampled: number): void {
  if (leaks.size === 0) return;
  const columns = [...leaks.keys()].sort();
  throw pipelineError('FEATURE_LEAK', { columns, rows: Math.max(...leaks.values()), sampled });
}

/**
 * Computes a sample of training rows once more from what was known before each row's moment: fields of views from rows
 * strictly earlier, the model's own features from these and the row itself.
 * @throws PipelineError `FEATURE_LEAK` naming the columns that differ.
 */
export function requireNoLeak(test: LeakTest): void {
  const { backend, rows, seed, sample = LEAK_SAMPLE } = test;
  const drawn = drawRows(rows.rowCount, sample, seed);
  const leaks: Leaks = new Map();
  if (rows.columns.entity_id !== undefined && rows.columns.as_of !== undefined) checkRows(test, drawn, leaks);
  const { grouped } = backend.byUser ?? {};
  const isAdded = grouped !== undefined && grouped.adds.every((name) => rows.columns[name] !== undefined);
  if (isAdded) checkGrouped(rows, grouped, drawn, leaks);
  refuse(leaks, drawn.length);
}

/** Each row from what was known of its user; rows without a user and a moment have nothing joined to them. */
function checkRows(test: LeakTest, drawn: readonly number[], leaks: Leaks): void {
  const { backend, rows, tables } = test;
  const [entities, moments] = [encodedColumn(rows, 'entity_id'), timestampColumn(rows, 'as_of')];
  const idOf = (row: number): string => entities.words[entities.codes[row]!]!;
  const few = rowsOfUsers(tables, new Set(drawn.map(idOf)));
  const keys = textColumnOrNull(rows, backend.schema.key);
  for (const row of drawn) {
    const at = { rows, row, entityId: idOf(row), moment: moments[row]! };
    const own = rowsOfUsers(few, new Set([at.entityId]));
    const differing = (of: SnapshotTables): string[] => differingAt(test, of, { ...at, key: keys?.[row] ?? null });
    const found = differing(own);
    // A value that depends on other users differs without their rows, which is no leak.
    const kept = found.length === 0 ? [] : differing(tables);
    for (const name of found) if (kept.includes(name)) note(leaks, name);
  }
}

/** Columns of a row that differ when the row is computed from what was known of these tables. */
function differingAt(test: LeakTest, of: SnapshotTables, at: Sampled & { readonly key: string | null }): string[] {
  const { views } = test.backend;
  const before = { moment: at.moment, except: null, undated: false };
  const known = views.length === 0 ? {} : knownAt(of, before);
  const ofViews = views.flatMap((view) => differingFields(view, known, at));
  if (at.key === null) return ofViews;
  return [...ofViews, ...differingColumns(test, knownAt(of, { ...before, except: at.key, undated: true }), at)];
}

/**
 * The same for columns over groups of rows where these are made by themselves.
 * @throws PipelineError `FEATURE_LEAK`.
 */
export function requireNoGroupLeak(rows: Table, grouped: GroupedColumns, seed: string, sample = LEAK_SAMPLE): void {
  const drawn = drawRows(rows.rowCount, sample, seed);
  const leaks: Leaks = new Map();
  checkGrouped(rows, grouped, drawn, leaks);
  refuse(leaks, drawn.length);
}

/** Null where the values are not in memory. */
function textColumnOrNull(rows: Table, name: string): readonly (string | null)[] | null {
  const column = rows.columns[name];
  return column?.kind === 'text' && column.stored === undefined ? column.values : null;
}
