import { isDeepStrictEqual } from 'node:util';
import type { Pool, PoolClient } from 'pg';
import { errorAt } from '../../contracts/errors.js';
import type { LabelledSpan } from '../../contracts/labelling.js';
import { requireSpan } from '../../learning/text/sequence-tagging/index.js';
import { requireKnownNames } from '../known-names.js';
import type { LabelTarget, TakenLabels } from '../taken-labels.js';
import { inFile, type MessageAnnotations } from './annotation-file.js';
import { annotationSql } from './annotation-sql.js';

const DELETE = 'delete from backend.entity_annotations where source = $1 and message_id = $2';
const INSERT = `
  insert into backend.entity_annotations
    (source, id, message_id, start_offset, end_offset, entity_type, text, text_group, annotated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, now())`;

type Place = Pick<LabelTarget, 'source' | 'file'>;

interface StoredMessage {
  readonly text: string;
  readonly text_group: string | null;
}

type Outcome = 'written' | 'unchanged' | 'absent';

const SPANS = `
  select start_offset as start, end_offset as "end", entity_type as type from backend.entity_annotations
  where source = $1 and message_id = $2`;

const inOrder = (spans: readonly LabelledSpan[]): LabelledSpan[] =>
  spans.map(({ start, end, type }) => ({ start, end, type })).sort((a, b) => a.start - b.start || a.end - b.end);

/** Whether a message has exactly these annotations; then their rows and times stay as they are. */
async function isAnnotatedSo(
  client: Pick<PoolClient, 'query'>,
  { id, spans }: MessageAnnotations,
  source: string,
): Promise<boolean> {
  const { rows } = await client.query<LabelledSpan>(SPANS, [source, id]);
  return isDeepStrictEqual(inOrder(rows), inOrder(spans));
}

/** Each span fits the message and overlaps no other. @throws PipelineError `INVALID_VALUE` with file and row. */
function requireSpans(text: string, { spans, row }: MessageAnnotations, file: string): void {
  const ordered = [...spans].sort((a, b) => a.start - b.start);
  ordered.forEach((span, i) => {
    if (i > 0 && span.start < ordered[i - 1]!.end)
      throw errorAt('INVALID_VALUE', { file }, `row ${row}: two entities overlap at ${span.start}`);
    inFile(file, () => requireSpan(text, span, row - 1));
  });
}

/** Replaces one message's annotations where they differ. */
async function replaceAnnotations(
  client: PoolClient,
  annotations: MessageAnnotations,
  { source, file }: Place,
): Promise<Outcome> {
  const { id, spans } = annotations;
  const { rows } = await client.query<StoredMessage>(
    'select text, text_group from backend.chat_messages where source = $1 and id = $2 for update',
    [source, id],
  );
  const [message] = rows;
  if (message === undefined) return 'absent';
  requireSpans(message.text, annotations, file);
  if (await isAnnotatedSo(client, annotations, source)) return 'unchanged';
  await client.query(DELETE, [source, id]);
  for (const [i, { start, end, type }] of spans.entries()) {
    const text = message.text.slice(start, end);
    await client.query(INSERT, [source, `${id}-review-${i + 1}`, id, start, end, type, text, message.text_group]);
  }
  return 'written';
}

/** One transaction. */
async function writeAnnotations(
  pool: Pool,
  annotations: readonly MessageAnnotations[],
  place: Place,
): Promise<TakenLabels> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const outcomes: Outcome[] = [];
    for (const message of annotations) outcomes.push(await replaceAnnotations(client, message, place));
    await client.query('commit');
    const count = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
    const counts = { written: count('written'), unchanged: count('unchanged'), unknown: count('absent') };
    return { kind: 'written', counts };
  } catch (fault) {
    await client.query('rollback');
    throw fault;
  } finally {
    client.release();
  }
}

/** The statements for the messages whose annotations would change. */
async function changingStatements(
  pool: Pool,
  annotations: readonly MessageAnnotations[],
  source: string,
): Promise<TakenLabels> {
  const changed: MessageAnnotations[] = [];
  for (const message of annotations) if (!(await isAnnotatedSo(pool, message, source))) changed.push(message);
  return { kind: 'statements', sql: changed.length === 0 ? [] : annotationSql(changed) };
}

async function usedTypes(pool: Pool, source: string): Promise<string[]> {
  const { rows } = await pool.query<{ entity_type: string }>(
    'select distinct entity_type from backend.entity_annotations where source = $1',
    [source],
  );
  return rows.map(({ entity_type }) => entity_type);
}

/**
 * Brings corrected annotations back; those that are as before are not written anew. All of them or none.
 * @throws PipelineError `INVALID_VALUE` for a type that no annotation of the source has and that is not declared as new,
 *   or for spans that do not fit their message.
 */
export async function takeAnnotations(
  { backendPool }: { readonly backendPool: Pool },
  annotations: readonly MessageAnnotations[],
  target: LabelTarget,
): Promise<TakenLabels> {
  const { source, file, newNames, allow, readOnly } = target;
  const given = annotations.flatMap(({ spans, row }) => spans.map(({ type }) => ({ name: type, row })));
  const known = [...(await usedTypes(backendPool, source)), ...newNames];
  requireKnownNames(given, { file, column: 'entities', noun: 'entity type', known, allow });
  return readOnly
    ? changingStatements(backendPool, annotations, source)
    : writeAnnotations(backendPool, annotations, target);
}
