import type pg from 'pg';
import { pipelineError } from '../../../contracts/errors.js';
import { type EarlierTable } from './earlier-table.js';
import { readPages } from './read-pages.js';
import { changedSlices, type Slices } from './slices.js';
import { pageStatement, slicesStatement, type SourceQuery } from './source-query.js';
import type { ReadSoFar, StoredPages } from './stored-pages.js';

/** Where rows are read from, and how far. */
export interface TableReading {
  readonly client: pg.ClientBase;
  readonly query: SourceQuery;
  /** Of the source in this transaction; null: it cannot compute them. */
  readonly slices: Slices | null;
  readonly pages: StoredPages;
  readonly pageRows: number;
  readonly signal: AbortSignal;
  readonly onPage?: ((progress: { readonly rows: number; readonly lastId: string | null }) => void) | undefined;
}

const nothing = (slices: Slices | null): ReadSoFar => ({
  ...{ slices: slices ?? new Map<number, string>(), pages: 0, rows: 0, after: '', duplicates: false, dropped: [] },
});

const checkSignal = ({ signal, query }: TableReading): void => {
  if (signal.aborted) throw pipelineError('CANCELLED', { work: `extraction of ${query.spec.name}` });
};

/**
 * Reads pages and stores them. @param options.isNoted - whether the next attempt may go on after each of them.
 */
async function storePages(
  reading: TableReading,
  start: ReadSoFar,
  options: { readonly statementOf: Parameters<typeof readPages>[2]['statementOf']; readonly isNoted: boolean },
): Promise<ReadSoFar> {
  const { client, query, pages, pageRows: rows, onPage } = reading;
  const { statementOf, isNoted } = options;
  let state = start;
  const after = isNoted ? start.after : '';
  for await (const page of readPages(client, query, { statementOf, after, rows })) {
    checkSignal(reading);
    await pages.save(state.pages, page.bytes);
    const duplicates = state.duplicates || page.duplicates;
    state = { ...state, pages: state.pages + 1, rows: state.rows + page.rows, duplicates };
    if (isNoted) state = { ...state, after: page.lastId };
    if (isNoted && page.isFull) await pages.note(state);
    onPage?.({ rows: state.rows, lastId: page.lastId });
    checkSignal(reading);
  }
  return state;
}

/**
 * Goes on from an interrupted attempt as if it had begun now: slices that changed since then are read again up to the
 * last key, and their rows of before are left out.
 */
async function resumeReading(reading: TableReading, before: ReadSoFar): Promise<ReadSoFar> {
  const { query, slices } = reading;
  const changed = changedSlices(before.slices, slices!);
  const state: ReadSoFar = { ...before, slices: slices! };
  if (changed.length === 0) return state;
  const chosen = { slices: changed, upTo: before.after };
  const dropped = [...before.dropped, { pages: before.pages, slices: changed }];
  const read = await storePages(reading, state, {
    statementOf: (page) => slicesStatement(query, chosen, page),
    isNoted: false,
  });
  const resumed = { ...read, dropped };
  await reading.pages.note(resumed);
  return resumed;
}

/**
 * Reads all rows of a table into stored pages, going on from an interrupted attempt where there is one. The pages show
 * the source as this transaction sees it, also then.
 * @throws PipelineError `CANCELLED`, `SOURCE_SCHEMA_MISMATCH`.
 */
export async function readWhole(reading: TableReading): Promise<ReadSoFar> {
  const { query, slices, pages } = reading;
  const before = slices === null ? null : await pages.resume();
  const start = before === null ? nothing(slices) : await resumeReading(reading, before);
  return storePages(reading, start, { statementOf: (page) => pageStatement(query, page), isNoted: slices !== null });
}

/** Reads the rows of the slices that changed since an earlier snapshot. @throws as {@link readWhole}. */
export async function readChanged(reading: TableReading, { changed: slices }: EarlierTable): Promise<ReadSoFar> {
  const { query, slices: now } = reading;
  const statementOf = (page: { readonly after: string; readonly rows: number }): string =>
    slicesStatement(query, { slices, upTo: null }, page);
  if (slices.length === 0) return nothing(now);
  return storePages(reading, nothing(now), { statementOf, isNoted: false });
}
