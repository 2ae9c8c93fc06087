import type pg from 'pg';
import type { TableSpec } from '../../contracts/backend.js';
import type { LabelledSpan } from '../../contracts/labelling.js';
import type { Table } from '../../contracts/table.js';
import { sha256 } from '../../platform/blobs/hash.js';
import { type SourceRow, toTable } from '../snapshots/source-rows.js';

/** SQL of the newest annotations that were given to each text. */
export const ANNOTATIONS_QUERY = `
  select distinct on (entity_kind, entity_id) id, entity_kind as kind, entity_id as "entityId", spans, text_hash as "textHash",
    created_at as at
  from feedback.prediction_feedback
  where source = $1 and created_at < $2 and corrects = 'entity_annotations'
  order by entity_kind, entity_id, created_at desc, id`;

/** All annotations that somebody gave to one text of the backend. */
export interface GivenText {
  /** Of the feedback. */
  readonly id: string;
  readonly kind: string;
  readonly entityId: string;
  readonly spans: readonly LabelledSpan[];
  readonly textHash: string;
  readonly at: Date;
}

/** Where and up to when annotations are read; milliseconds. */
export interface AnnotationsMoment {
  readonly source: string;
  readonly asOf: number;
}

/** What callers of the API annotated before a moment, the newest of each text. @param client - of our own database. */
export async function readGivenTexts(
  client: pg.ClientBase,
  { source, asOf }: AnnotationsMoment,
): Promise<readonly GivenText[]> {
  return (await client.query<GivenText>(ANNOTATIONS_QUERY, [source, new Date(asOf).toISOString()])).rows;
}

/** A text as the backend has it. */
interface SourceText {
  readonly id: string;
  readonly text: string;
  readonly group: string | null;
  /** When the backend's newest annotation of it was made; null: it has none. */
  readonly annotatedAt: Date | null;
}

/** Kinds of texts: the column of `entity_annotations` that names one, and where it is. */
const textKinds = {
  chat_message: { column: 'message_id', table: 'chat_messages', text: 'text', at: 'sent_at', group: 't.text_group' },
  transaction: { column: 'transaction_id', table: 'transactions', text: 'description', at: 'booked_at', group: 'null' },
} as const;
type TextKind = keyof typeof textKinds;
const isTextKind = (kind: string): kind is TextKind => Object.hasOwn(textKinds, kind);

const textsQuery = ({ column, table, text, at, group }: (typeof textKinds)[TextKind]): string => `
  select t.id, t.${text} as text, coalesce(max(a.text_group), max(${group}::text)) as group, max(a.annotated_at) as "annotatedAt"
  from backend.${table} t
  left join backend.entity_annotations a on a.source = t.source and a.${column} = t.id and a.annotated_at < $3
  where t.source = $1 and t.id = any($2) and t.${at} < $3
  group by t.id, t.${text}`;

/** A given text that stands in the backend as it was answered, and has no newer annotation there. */
interface Replacement extends GivenText {
  readonly kind: TextKind;
  readonly found: SourceText;
}

/** Annotations of the API in place of those that the backend has of the same texts. */
export interface AnnotationReplacements {
  /** Texts that were annotated anew, by the column that names them. */
  readonly replaced: readonly { readonly column: string; readonly values: readonly string[] }[];
  /** The new annotations, in pages. */
  pages(rows: number): Iterable<Table>;
}

/**
 * Chooses the given annotations that hold: of texts that the backend has unchanged, and has not annotated later.
 * @param client - of the source.
 */
export async function replaceAnnotations(
  client: pg.ClientBase,
  given: readonly GivenText[],
  { spec, ...moment }: AnnotationsMoment & { readonly spec: TableSpec },
): Promise<AnnotationReplacements> {
  const kinds = Object.keys(textKinds).filter(isTextKind);
  const found: Replacement[] = [];
  for (const kind of kinds) found.push(...(await replacementsOf(client, kind, given, moment)));
  const replaced = kinds.map((kind) => ({ column: textKinds[kind].column, values: idsOf(found, kind) }));
  return {
    replaced: replaced.filter(({ values }) => values.length > 0),
    *pages(rows) {
      const all = found.flatMap(sourceRows);
      const names = spec.columns.map(({ name }) => name);
      for (let start = 0; start < all.length; start += rows) {
        const page = all.slice(start, start + rows).map((row): SourceRow => names.map((name) => row[name] ?? null));
        yield toTable(spec.columns, { names, rows: page }, 'annotations given to the API');
      }
    },
  };
}

async function replacementsOf(
  client: pg.ClientBase,
  kind: TextKind,
  given: readonly GivenText[],
  { source, asOf }: AnnotationsMoment,
): Promise<Replacement[]> {
  const own = given.filter((text) => text.kind === kind);
  if (own.length === 0) return [];
  const values = [source, own.map(({ entityId }) => entityId), new Date(asOf).toISOString()];
  const { rows } = await client.query<SourceText>(textsQuery(textKinds[kind]), values);
  const texts = new Map(rows.map((row) => [row.id, row]));
  return own.flatMap((text): Replacement[] => {
    const found = texts.get(text.entityId);
    if (found === undefined || sha256(found.text) !== text.textHash) return [];
    return found.annotatedAt !== null && found.annotatedAt > text.at ? [] : [{ ...text, kind, found }];
  });
}

const idsOf = (found: readonly Replacement[], kind: TextKind): string[] =>
  found.filter((replacement) => replacement.kind === kind).map(({ entityId }) => entityId);

/** In PostgreSQL's text form, as the backend's own rows are read. */
const sourceRows = ({ id, kind, entityId, spans, at, found }: Replacement): Record<string, string | null>[] =>
  spans.map(({ start, end, type }, i) => ({
    id: `${id}-${i + 1}`,
    [textKinds[kind].column]: entityId,
    start_offset: String(start),
    end_offset: String(end),
    entity_type: type,
    text: found.text.slice(start, end),
    text_group: found.group,
    annotated_at: at.toISOString().replace('Z', '+00'),
  }));
