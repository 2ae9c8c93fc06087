import type pg from 'pg';
import type { Table } from '../../../contracts/table.js';
import { textColumn } from '../../../learning/table.js';
import type { GivenFeedback } from '../../feedback/extract-feedback.js';
import { SLICES, userColumnOf, userHash } from '../buckets.js';
import { csvLines } from './given-rows.js';
import { sliceLookup, type SourceQuery } from './source-query.js';

/** Slice of the rows without a user. */
const NO_SLICE = -1;

/** What is added to the rows of the source, by slice. */
export interface GivenSlices {
  /** Everything that changes rows of a slice, as texts to compare. */
  readonly texts: ReadonlyMap<number, readonly string[]>;
  /** Further rows as lines of CSV, and their keys. */
  readonly lines: readonly string[];
  readonly ids: readonly string[];
}

class BySlice {
  readonly texts = new Map<number, string[]>();

  add(slice: number, text: string): void {
    const known = this.texts.get(slice);
    if (known === undefined) this.texts.set(slice, [text]);
    else known.push(text);
  }
}

async function addCorrections(
  found: BySlice,
  client: pg.ClientBase,
  { corrections }: GivenFeedback,
  query: SourceQuery,
): Promise<void> {
  if (corrections === null) return;
  const ids = [...corrections.given.keys()];
  const { rows } = await client.query<{ id: string; slice: number }>(sliceLookup(query), [ids]);
  for (const { id, slice } of rows) {
    const { label, at } = corrections.given.get(id)!;
    found.add(slice, JSON.stringify([id, label, at]));
  }
}

const slicesOfRows = (table: Table, owner: string | null): number[] =>
  (owner === null ? new Array<null>(table.rowCount).fill(null) : textColumn(table, owner)).map((user) =>
    user === null ? NO_SLICE : userHash(user) % SLICES,
  );

/** Finds the slices of what callers of the API gave. @param client - of the source. */
export async function givenSlices(
  client: pg.ClientBase,
  given: GivenFeedback,
  query: SourceQuery,
): Promise<GivenSlices> {
  const found = new BySlice();
  await addCorrections(found, client, given, query);
  for (const { column, values } of given.replaced)
    for (const value of values) found.add(NO_SLICE, JSON.stringify([column, value]));
  const lines: string[] = [];
  const ids: string[] = [];
  for await (const table of given.pages()) {
    const added = csvLines(query.spec, table);
    slicesOfRows(table, userColumnOf(query.spec.name)).forEach((slice, row) => found.add(slice, added[row]!));
    for (const line of added) lines.push(line);
    for (const id of textColumn(table, 'id')) ids.push(id ?? '');
  }
  return { texts: found.texts, lines, ids };
}
