import type { SnapshotTables } from '../../../contracts/backend.js';
import type { DatasetSchema } from '../../../contracts/dataset.js';
import { DEFAULT_LINE } from '../../../contracts/ids.js';
import type { BackendDataset, LabelledRows } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { selectRows, snapshotTable, textColumn, timestampColumn } from '../../../learning/table.js';
import { textFeature } from './formats/message-table.js';

/** Line `default`: one labelled message a row. */
export const backendSchema: DatasetSchema = {
  line: DEFAULT_LINE,
  columns: [
    { name: 'messageId', type: 'text', unique: true, description: 'Key of the message.' },
    { name: 'entity_id', type: 'text', description: 'The user who wrote it.' },
    { name: 'as_of', type: 'timestamp', description: 'When it was sent.' },
    { name: 'text', type: 'text', description: textFeature.description },
    { name: 'locale', type: 'text', nullable: true, description: 'Language tag, for slices; never learned from.' },
    { name: 'text_group', type: 'text', description: 'Wordings, merchants and names that occur in no other group.' },
    { name: 'intent', type: 'text', description: 'The label; `out_of_scope` = none of the intents.' },
  ],
  key: 'messageId',
  label: 'intent',
  features: [textFeature],
  split: { kind: 'group', column: 'text_group', fraction: 0.3, salt: 'intent@1' },
  minimumRows: 60,
};

/**
 * The labelled messages of the backend. A message without a group is a group of its own text, so that copies of it
 * never stand on both sides of the holdout.
 * @throws PipelineError `DATASET_NOT_FOUND` without the table; `MISSING_COLUMN`.
 */
export function labelledMessages(tables: SnapshotTables): LabelledRows {
  const messages = snapshotTable(tables, 'chat_messages');
  const intents = textColumn(messages, 'intent');
  const texts = textColumn(messages, 'text');
  const usable = (row: number): boolean => intents[row] !== null && (texts[row] ?? '').trim() !== '';
  const rows = [...intents.keys()].filter(usable);
  const chosen = selectRows(messages, rows);
  const groups = textColumn(chosen, 'text_group');
  const own = textColumn(chosen, 'text');
  const table: Table = {
    rowCount: chosen.rowCount,
    columns: {
      messageId: { kind: 'text', values: textColumn(chosen, 'id') },
      entity_id: { kind: 'text', values: textColumn(chosen, 'user_id') },
      as_of: { kind: 'timestamp', values: timestampColumn(chosen, 'sent_at') },
      text: { kind: 'text', values: own },
      locale: { kind: 'text', values: textColumn(chosen, 'locale') },
      text_group: { kind: 'text', values: groups.map((group, row) => group ?? `text: ${own[row]!}`) },
      intent: { kind: 'text', values: textColumn(chosen, 'intent') },
    },
  };
  const without = messages.rowCount - rows.length;
  return {
    table,
    notes: [
      `${without} of ${messages.rowCount} messages have no label yet; \`ml intents review\` names the most informative`,
    ],
  };
}

/** What the model takes from the backend. */
export const backendDataset: BackendDataset = {
  schema: backendSchema,
  tables: ['chat_messages'],
  views: [],
  rows: labelledMessages,
};
