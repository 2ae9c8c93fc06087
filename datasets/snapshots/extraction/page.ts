import type { TableSpec } from '../../../contracts/backend.js';
import { forEachRow } from '../../../platform/postgres/copy-rows.js';
import { schemaMismatch } from '../../sources/backend/check/finding.js';

const COMMA = 0x2c;
const QUOTE = 0x22;

/** End of the CSV field that begins at `start`. */
export function fieldEnd(rows: Buffer, start: number, end: number): number {
  let at = start;
  if (rows[at] !== QUOTE) {
    while (at < end && rows[at] !== COMMA) at += 1;
    return at;
  }
  for (at += 1; at < end; at += 1) {
    if (rows[at] !== QUOTE) continue;
    if (rows[at + 1] !== QUOTE) return at + 1;
    at += 1;
  }
  return end;
}

/** A field's text. */
export function fieldText(rows: Buffer, start: number, end: number): string {
  const text = rows.toString('utf8', start, end);
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** Bounds of a field. */
interface Field {
  readonly rows: Buffer;
  readonly start: number;
  readonly end: number;
}

const bytesOf = ({ rows, start, end }: Field): Buffer => Buffer.from(fieldText(rows, start, end));

/** Order of the bytes of two keys: negative, 0 or positive. */
function compareKeys(a: Field, b: Field): number {
  if (a.rows[a.start] === QUOTE || b.rows[b.start] === QUOTE) return Buffer.compare(bytesOf(a), bytesOf(b));
  const length = Math.min(a.end - a.start, b.end - b.start);
  for (let i = 0; i < length; i++) {
    const difference = a.rows[a.start + i]! - b.rows[b.start + i]!;
    if (difference !== 0) return difference;
  }
  return a.end - a.start - (b.end - b.start);
}

/** What one pass over a page shows. */
export interface PageFacts {
  readonly rows: number;
  /** Of the last row; null for a page without rows. */
  readonly lastId: string | null;
  /** Key before the last one, and where the rows of the last one begin; null when all rows have one key. */
  readonly before: { readonly id: string; readonly rows: number; readonly end: number } | null;
  /** Whether rows share a key. */
  readonly duplicates: boolean;
}

/** The rows of the last key, and what stands before them. */
interface LastKey {
  readonly key: Field;
  /** Rows before it, and their bytes. */
  readonly rows: number;
  readonly end: number;
}

const textOf = ({ rows, start, end }: Field): string => fieldText(rows, start, end);

/**
 * Goes through the rows of a page.
 * @throws PipelineError `SOURCE_SCHEMA_MISMATCH` when they are not in the order of the bytes of `id`: the next page would
 *   leave rows out.
 */
export function examinePage(page: Buffer, spec: Pick<TableSpec, 'name'>): PageFacts {
  const found = { rows: 0, duplicates: false, last: null as LastKey | null, before: null as Field | null };
  let rowStart = 0;
  forEachRow(page, (start, end) => {
    const from = fieldEnd(page, start, end) + 1;
    const key: Field = { rows: page, start: from, end: fieldEnd(page, from, end) };
    const order = found.last === null ? 1 : compareKeys(key, found.last.key);
    if (order < 0) throw outOfOrder(spec, textOf(found.last!.key));
    if (order === 0) found.duplicates = true;
    else {
      found.before = found.last?.key ?? null;
      found.last = { key, rows: found.rows, end: rowStart };
    }
    found.rows += 1;
    rowStart = end + 1;
  });
  const { rows, duplicates, last, before } = found;
  return {
    rows,
    duplicates,
    lastId: last === null ? null : textOf(last.key),
    before: before === null ? null : { id: textOf(before), rows: last!.rows, end: last!.end },
  };
}

const outOfOrder = ({ name }: Pick<TableSpec, 'name'>, key: string) =>
  schemaMismatch(
    [
      {
        table: `backend.${name}`,
        column: 'id',
        severity: 'error',
        found: 'rows that are not in the order of the bytes of `id`',
        wanted: 'pages in ascending order, from the query `order by id` over a column with collation "C"',
        remedy: `select id from backend.${name} order by id collate "C";`,
      },
    ],
    { key },
  );
