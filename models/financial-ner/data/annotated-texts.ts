import type { SnapshotTables } from '../../../contracts/backend.js';
import type { LabelledRows } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import { numberColumn, snapshotTable, textColumn, timestampColumn } from '../../../learning/table.js';
import { NO_ENTITIES, writeSpans } from './annotations.js';
import type { RowKind } from './columns.js';

/** Group of the dictionary rows. Its hash lies outside the holdout, so names are never held out; a test checks this. */
export const NAMES_GROUP = 'names';
/** Names in the statements of fewer customers may be private persons. */
const MINIMUM_USERS = 3;
/** Categories whose counterparties are private persons or the bank itself. */
const PRIVATE_CATEGORIES = new Set(['transfer', 'cash', 'fees', 'interest', 'rent', 'income_other']);
const EMPLOYERS = new Set(['salary', 'pension']);

interface Row {
  readonly textId: string;
  readonly text: string;
  readonly kind: RowKind;
  readonly locale: string | null;
  readonly textGroup: string;
  readonly entities: string;
  readonly entity_id: string;
  readonly as_of: number;
}

interface AnnotatedSpans {
  readonly spans: Span[];
  group: string | null;
}

/** Spans by the id of the annotated text. */
function spansBy(annotations: Table, column: 'message_id' | 'transaction_id'): Map<string, AnnotatedSpans> {
  const owners = textColumn(annotations, column);
  const types = textColumn(annotations, 'entity_type');
  const groups = textColumn(annotations, 'text_group');
  const starts = numberColumn(annotations, 'start_offset');
  const ends = numberColumn(annotations, 'end_offset');
  const found = new Map<string, AnnotatedSpans>();
  owners.forEach((owner, i) => {
    if (owner === null) return;
    const entries = found.get(owner) ?? { spans: [], group: null };
    entries.spans.push({ type: types[i] ?? '', start: starts[i]!, end: ends[i]! });
    entries.group ??= groups[i] ?? null;
    found.set(owner, entries);
  });
  for (const { spans } of found.values()) spans.sort((a, b) => a.start - b.start || a.end - b.end);
  return found;
}

const fallbackGroup = (text: string): string => text.trim().toLowerCase();

/** Labelled messages, which are fully annotated even without entities, and other annotated messages. */
function messageRows(messages: Table, annotated: ReadonlyMap<string, AnnotatedSpans>): Row[] {
  const ids = textColumn(messages, 'id');
  const [texts, locales] = [textColumn(messages, 'text'), textColumn(messages, 'locale')];
  const [groups, users] = [textColumn(messages, 'text_group'), textColumn(messages, 'user_id')];
  const sent = timestampColumn(messages, 'sent_at');
  const labelled = timestampColumn(messages, 'intent_labelled_at');
  return ids.flatMap((id, i) => {
    const text = texts[i] ?? '';
    const own = annotated.get(id ?? '');
    if (text.trim() === '' || (Number.isNaN(labelled[i]) && !own)) return [];
    return [
      {
        textId: `message:${id ?? ''}`,
        text,
        kind: 'message' as const,
        locale: locales[i] ?? null,
        textGroup: groups[i] ?? fallbackGroup(text),
        entities: writeSpans(own?.spans ?? []),
        entity_id: users[i] ?? '',
        as_of: sent[i]!,
      },
    ];
  });
}

/** Statement lines with at least one annotation; others may not be annotated. */
function statementRows(transactions: Table, annotated: ReadonlyMap<string, AnnotatedSpans>): Row[] {
  const ids = textColumn(transactions, 'id');
  const [texts, users] = [textColumn(transactions, 'description'), textColumn(transactions, 'user_id')];
  const booked = timestampColumn(transactions, 'booked_at');
  return ids.flatMap((id, i) => {
    const own = annotated.get(id ?? '');
    const text = texts[i] ?? '';
    if (!own || text.trim() === '') return [];
    return [
      {
        textId: `transaction:${id ?? ''}`,
        text,
        kind: 'statement' as const,
        locale: null,
        textGroup: own.group ?? fallbackGroup(text),
        entities: writeSpans(own.spans),
        entity_id: users[i] ?? '',
        as_of: booked[i]!,
      },
    ];
  });
}

interface KnownName {
  readonly users: Set<string>;
  readonly type: string;
  first: number;
}

/** Merchants and employers of at least `MINIMUM_USERS` customers. */
function nameRows(transactions: Table): Row[] {
  const [merchants, categories] = [textColumn(transactions, 'merchant'), textColumn(transactions, 'category')];
  const users = textColumn(transactions, 'user_id');
  const booked = timestampColumn(transactions, 'booked_at');
  const entries = new Map<string, KnownName>();
  merchants.forEach((name, i) => {
    const category = categories[i] ?? '';
    if (name === null || name.trim() === '' || PRIVATE_CATEGORIES.has(category)) return;
    const type = EMPLOYERS.has(category) ? 'ORG' : 'MERCHANT';
    const entry = entries.get(name) ?? { users: new Set<string>(), type, first: booked[i]! };
    entry.users.add(users[i] ?? '');
    entry.first = Math.min(entry.first, booked[i]!);
    entries.set(name, entry);
  });
  return [...entries]
    .filter(([, entry]) => entry.users.size >= MINIMUM_USERS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { type, first }]) => ({
      textId: `name:${type}:${name}`,
      text: name,
      kind: 'name' as const,
      locale: null,
      textGroup: NAMES_GROUP,
      entities: writeSpans([{ type, start: 0, end: name.length }]),
      entity_id: 'backend',
      as_of: first,
    }));
}

function asTable(rows: readonly Row[]): Table {
  const text = (value: (row: Row) => string | null) => ({ kind: 'text', values: rows.map(value) }) as const;
  return {
    rowCount: rows.length,
    columns: {
      textId: text(({ textId }) => textId),
      text: text((row) => row.text),
      kind: text(({ kind }) => kind),
      locale: text(({ locale }) => locale),
      textGroup: text(({ textGroup }) => textGroup),
      entities: text(({ entities }) => entities),
      entity_id: text(({ entity_id }) => entity_id),
      as_of: { kind: 'timestamp', values: Float64Array.from(rows, ({ as_of }) => as_of) },
    },
  };
}

/**
 * A backend's rows: annotated messages, annotated statement lines, and the backend's merchants and employers as
 * names for lexicon and dictionary.
 * @throws PipelineError `DATASET_NOT_FOUND` without one of the tables; `MISSING_COLUMN`.
 */
export function annotatedTexts(tables: SnapshotTables): LabelledRows {
  const annotations = snapshotTable(tables, 'entity_annotations');
  const transactions = snapshotTable(tables, 'transactions');
  const messages = messageRows(snapshotTable(tables, 'chat_messages'), spansBy(annotations, 'message_id'));
  const statements = statementRows(transactions, spansBy(annotations, 'transaction_id'));
  const names = nameRows(transactions);
  const empty = messages.filter(({ entities }) => entities === NO_ENTITIES).length;
  const notes = [
    `${messages.length} messages (${empty} without entity) and ${statements.length} statement lines are annotated`,
    `${names.length} merchants and employers of at least ${MINIMUM_USERS} customers are entries names; they are never held out`,
  ];
  return { table: asTable([...messages, ...statements, ...names]), notes };
}
