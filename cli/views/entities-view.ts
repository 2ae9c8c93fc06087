import type { PoolClient } from 'pg';
import { PipelineError } from '../../contracts/errors.js';
import { requireSpan, type Span } from '../../learning/text/sequence-tagging/index.js';
import { readSpans, requireType, writeSpans } from '../../models/financial-ner/data/annotations.js';
import { reviewAnnotations, type Suspicion } from '../../models/financial-ner/training/suspicious-annotations.js';
import { nerJson } from '../../models/financial-ner/data/formats/ner-json.js';
import { textTable } from '../../models/financial-ner/data/text-table.js';
import type { CliContext, Connection } from '../program/context.js';
import { visible } from '../output/visible.js';
import { requireKnownNames } from '../program/known-names.js';
import {
  chooseSource,
  fileFault,
  harmless,
  quoted,
  readLabelFile,
  readReview,
  requireNewFile,
  writeNewFile,
} from '../labelling/review-file.js';

const DEFAULT_COUNT = 50;
const SEED = 42;
/** Annotated messages that are cross-validated, newest first; more take minutes. */
const MOST_MESSAGES = 4000;

export interface EntityLabelOptions {
  readonly source?: string;
  /** Entity types that are meant to be new. */
  readonly newType?: readonly string[];
}

export interface EntityReviewOptions extends Pick<EntityLabelOptions, 'source'> {
  readonly count?: number;
  readonly output?: string;
}

interface AnnotatedMessage {
  readonly id: string;
  readonly text: string;
  readonly text_group: string | null;
  readonly spans: readonly Span[];
}

async function findAnnotated({ services }: Connection, source: string): Promise<AnnotatedMessage[]> {
  const { rows } = await services.backendPool.query<AnnotatedMessage>(
    `select message.id, message.text, message.text_group,
            coalesce(json_agg(json_build_object('start', a.start_offset, 'end', a.end_offset, 'type', a.entity_type)
              order by a.start_offset) filter (where a.id is not null), '[]') as spans
     from backend.chat_messages message
     left join backend.entity_annotations a on a.source = message.source and a.message_id = message.id
     where message.source = $1 and btrim(message.text) <> '' and length(message.text) <= 20000
       and (message.intent_labelled_at is not null or a.id is not null)
     group by message.id, message.text, message.text_group, message.sent_at
     order by message.sent_at desc, message.id limit $2`,
    [source, MOST_MESSAGES],
  );
  return rows;
}

/** Suspicion of a message. */
export interface ReviewedEntities {
  readonly id: string;
  readonly text: string;
  readonly finding: string;
  readonly doubt: number;
  readonly suggestion: string;
  readonly entities: string;
}

const asReviewed = (messages: readonly AnnotatedMessage[], { example, ...rest }: Suspicion): ReviewedEntities => ({
  id: messages[example.row]!.id,
  text: example.text,
  finding: rest.finding,
  doubt: rest.doubt,
  suggestion: writeSpans(rest.suggestion),
  entities: writeSpans(example.spans),
});

/** The messages whose annotations are most likely wrong. */
export async function chooseEntities(
  messages: readonly AnnotatedMessage[],
  count: number,
): Promise<ReviewedEntities[]> {
  const texts = messages.map(({ id, text, text_group: group, spans }) => ({
    id,
    text,
    spans,
    ...(group !== null && { group }),
  }));
  const data = { schema: nerJson.schema, table: textTable(texts) };
  const context = { seed: SEED, signal: new AbortController().signal, onProgress: () => undefined };
  const found = await reviewAnnotations(context, data, count);
  return found.map((suspicion) => asReviewed(messages, suspicion));
}

/** CSV that `ml entities label` takes back once the last column is corrected. */
export function reviewCsv(messages: readonly ReviewedEntities[]): string {
  const rows = messages.map(({ id, text, finding, doubt, suggestion, entities }) =>
    [id, harmless(text), finding, doubt.toFixed(3), suggestion, entities].map(quoted).join(','),
  );
  return `${['id,text,finding,doubt,suggestion,entities', ...rows].join('\n')}\n`;
}

/** Lists the annotated messages that a model which did not see them would annotate otherwise. */
export async function reviewEntities(cli: CliContext, options: EntityReviewOptions): Promise<void> {
  const { count = DEFAULT_COUNT, output } = options;
  await requireNewFile(output);
  const connection = await cli.connect();
  const source = await chooseSource(connection, options.source);
  const messages = await findAnnotated(connection, source);
  const chosen = await chooseEntities(messages, count);
  if (output !== undefined) await writeNewFile(output, reviewCsv(chosen));
  cli.out.result({ source, annotated: messages.length, messages: chosen }, () => {
    const rows = chosen.map(({ id, text, finding, doubt }) => [
      id,
      visible(text.slice(0, 60)),
      finding,
      doubt.toFixed(2),
    ]);
    cli.out.table({ head: ['message', 'text', 'finding', 'doubt'], rows });
    const next = output === undefined ? 'write them with --output <file>' : `correct the column entities of ${output}`;
    cli.out.line(`${chosen.length} messages; ${next}, then \`ml entities label <file>\``);
  });
}

/** Annotations of one message. */
export interface EntityLabels {
  readonly id: string;
  /** In the file, from 1 below the header. */
  readonly row: number;
  readonly spans: readonly Span[];
}

function readCell(cell: string, row: number, file: string): Span[] {
  try {
    return readSpans(cell, row).map(({ type, start, end }) => ({ type: requireType(type, { file }), start, end }));
  } catch (cause) {
    throw cause instanceof PipelineError ? fileFault(file, 'INVALID_VALUE', cause.message) : cause;
  }
}

/**
 * Annotations of a corrected review; rows without an id or with an empty column are left out.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`, `INVALID_VALUE`, `FILE_EMPTY`.
 */
export function readEntityLabels(text: string, file: string): EntityLabels[] {
  const given = readReview(text, file, 'entities');
  if (new Set(given.map(({ id }) => id)).size < given.length)
    throw fileFault(file, 'INVALID_VALUE', 'a message is annotated twice');
  return given.map(({ id, answer, row }) => ({ id, row: row + 1, spans: readCell(answer, row, file) }));
}

const REPLACE = `
  delete from backend.entity_annotations where source = $1 and message_id = $2`;
const INSERT = `
  insert into backend.entity_annotations
    (source, id, message_id, start_offset, end_offset, entity_type, text, text_group, annotated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now())`;

/** Where annotations come from and go to. */
interface Place {
  readonly source: string;
  readonly file: string;
}

interface StoredMessage {
  readonly text: string;
  readonly text_group: string | null;
}

/** The span fits the message, and no other of its spans. @throws PipelineError `INVALID_VALUE` with file and row. */
function requireSpans(text: string, { spans, row }: EntityLabels, file: string): void {
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  ordered.forEach((span, i) => {
    if (i > 0 && span.start < ordered[i - 1]!.end)
      throw fileFault(file, 'INVALID_VALUE', `row ${row}: two entities overlap at ${span.start}`);
    try {
      requireSpan(text, span, row - 1);
    } catch (cause) {
      throw cause instanceof PipelineError ? fileFault(file, 'INVALID_VALUE', cause.message) : cause;
    }
  });
}

/** Replaces one message's annotations. @returns false for a message that is not there. */
async function replaceAnnotations(client: PoolClient, labels: EntityLabels, { source, file }: Place): Promise<boolean> {
  const { id, spans } = labels;
  const { rows } = await client.query<StoredMessage>(
    'select text, text_group from backend.chat_messages where source = $1 and id = $2 for update',
    [source, id],
  );
  const [message] = rows;
  if (message === undefined) return false;
  requireSpans(message.text, labels, file);
  await client.query(REPLACE, [source, id]);
  for (const [i, { start, end, type }] of spans.entries()) {
    const text = message.text.slice(start, end);
    await client.query(INSERT, [source, `${id}-review-${i + 1}`, id, start, end, type, text, message.text_group]);
  }
  return true;
}

/** All of the file or nothing of it. @returns how many messages were there. */
async function writeAnnotations({ services }: Connection, labels: readonly EntityLabels[], place: Place) {
  const client = await services.backendPool.connect();
  try {
    await client.query('begin');
    let written = 0;
    for (const label of labels) if (await replaceAnnotations(client, label, place)) written += 1;
    await client.query('commit');
    return written;
  } catch (fault) {
    await client.query('rollback');
    throw fault;
  } finally {
    client.release();
  }
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/**
 * A part of the column `text` by UTF-16 units, in which offsets are counted: PostgreSQL's `substr` counts characters and
 * an emoji is one of those and two of ours.
 */
const utf16Part = ({ start, end }: Span): string =>
  "(select string_agg(letter, '' order by place) from " +
  '(select letter, place, sum(case when ascii(letter) > 65535 then 2 else 1 end) over (order by place) as stop ' +
  'from string_to_table(text, null) with ordinality as letters (letter, place)) as counted ' +
  `where stop > ${start} and stop <= ${end})`;

const insertSql = (id: string, span: Span, number: number): string =>
  'insert into backend.entity_annotations (source, id, message_id, start_offset, end_offset, entity_type, text, text_group, annotated_at) ' +
  `select source, ${literal(`${id}-review-${number}`)}, id, ${span.start}, ${span.end}, ${literal(span.type)}, ${utf16Part(span)}, text_group, now() ` +
  `from backend.chat_messages where id = ${literal(id)};`;

/** Statements for whoever may write to the backend's database (PostgreSQL 14 or newer, UTF-8); all or none. */
export const entitySql = (labels: readonly Pick<EntityLabels, 'id' | 'spans'>[]): string[] => [
  'begin;',
  ...labels.flatMap(({ id, spans }) => [
    `delete from backend.entity_annotations where message_id = ${literal(id)};`,
    ...spans.map((span, i) => insertSql(id, span, i + 1)),
  ]),
  'commit;',
];

async function annotatedTypes({ services }: Connection, source: string): Promise<string[]> {
  const { rows } = await services.backendPool.query<{ entity_type: string }>(
    'select distinct entity_type from backend.entity_annotations where source = $1',
    [source],
  );
  return rows.map(({ entity_type }) => entity_type);
}

/** @throws PipelineError `INVALID_VALUE` for an entity type that neither the source nor the caller knows. */
export function requireEntityTypes(labels: readonly EntityLabels[], file: string, known: Iterable<string>): void {
  const given = labels.flatMap(({ spans, row }) => spans.map(({ type }) => ({ name: type, row })));
  requireKnownNames(given, { file, column: 'entities', noun: 'entity type', known, allow: '--new-type <name>' });
}

/**
 * Brings corrected annotations back, or prints the SQL that would.
 * @throws PipelineError `INVALID_VALUE` for a type that no annotation of the source has and that is not declared as new.
 */
export async function labelEntities(cli: CliContext, file: string, options: EntityLabelOptions): Promise<void> {
  const labels = readEntityLabels(await readLabelFile(file), file);
  const connection = await cli.connect();
  const source = await chooseSource(connection, options.source);
  requireEntityTypes(labels, file, [...(await annotatedTypes(connection, source)), ...(options.newType ?? [])]);
  if (cli.config.backendDatabaseUrl !== null) {
    const sql = entitySql(labels);
    cli.out.result({ written: 0, sql }, () => {
      for (const statement of sql) cli.out.line(statement);
    });
    cli.out.notice('nothing was written: BACKEND_DATABASE_URL is only read. Run the statements where you may write.');
    return;
  }
  const written = await writeAnnotations(connection, labels, { source, file });
  cli.out.result({ source, written, given: labels.length }, () => {
    const left = labels.length - written;
    const why = left === 0 ? '' : `; ${left} are no message of this source`;
    cli.out.line(
      `${written} messages of ${source} annotated anew${why}. The next training run has them in its snapshot.`,
    );
  });
}
