import { unchanged } from '../../../contracts/data-policy.js';
import type { SnapshotTables } from '../../../contracts/backend.js';
import type { DatasetSchema } from '../../../contracts/dataset.js';
import { DEFAULT_LINE } from '../../../contracts/ids.js';
import type { BackendDataset, LabelledRows } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { selectRows, snapshotTable, textColumn, timestampColumn } from '../../../learning/table.js';
import { textFeature } from './formats/message-table.js';

/** Schema of a backend's rows: one labelled message per row. */
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
  split: {
    kind: 'group',
    column: 'text_group',
    fraction: 0.3,
    salt: 'intent@1',
    window: { column: 'as_of', days: 90 },
  },
  minimumRows: 60,
};

/**
 * The labelled messages of the backend. A message without a group is grouped by its text, so that copies are on the same
 * side of the holdout.
 * @throws PipelineError `DATASET_NOT_FOUND` without the table; `MISSING_COLUMN`.
 */
export function labelledMessages(tables: SnapshotTables): LabelledRows {
  const messages = snapshotTable(tables, 'chat_messages');
  const intents = textColumn(messages, 'intent');
  const texts = textColumn(messages, 'text');
  const isLabelled = (row: number): boolean => intents[row] !== null && (texts[row] ?? '').trim() !== '';
  const rows = [...intents.keys()].filter(isLabelled);
  const labelled = selectRows(messages, rows);
  const groups = textColumn(labelled, 'text_group');
  const labelledTexts = textColumn(labelled, 'text');
  const table: Table = {
    rowCount: labelled.rowCount,
    columns: {
      messageId: { kind: 'text', values: textColumn(labelled, 'id') },
      entity_id: { kind: 'text', values: textColumn(labelled, 'user_id') },
      as_of: { kind: 'timestamp', values: timestampColumn(labelled, 'sent_at') },
      text: { kind: 'text', values: labelledTexts },
      locale: { kind: 'text', values: textColumn(labelled, 'locale') },
      text_group: { kind: 'text', values: groups.map((group, row) => group ?? `text: ${labelledTexts[row]!}`) },
      intent: { kind: 'text', values: textColumn(labelled, 'intent') },
    },
  };
  const unlabelled = messages.rowCount - rows.length;
  return {
    table,
    notes: [
      `${unlabelled} of ${messages.rowCount} messages have no label yet; \`ml intents review\` names the most informative`,
    ],
  };
}

/** The model's data in the backend. */
export const backendDataset: BackendDataset = {
  schema: backendSchema,
  tables: ['chat_messages'],
  columns: { chat_messages: ['id', 'user_id', 'sent_at', 'text', 'locale', 'text_group', 'intent'] },
  needs: {
    chat_messages: {
      ...unchanged('sent_at', 'locale', 'intent', 'text_group'),
      text: ['mask'], // what a customer wants is in the other words: docs/experiments/pii.md
    },
  },
  views: [],
  rows: labelledMessages,
  comparedWithMoment: {},
};
