import { unchanged } from '../../../contracts/data-policy.js';
import type { BackendDataset } from '../../../contracts/model-definition.js';
import type { DatasetSchema } from '../../../contracts/dataset.js';
import { DEFAULT_LINE } from '../../../contracts/ids.js';
import { annotatedTexts } from './annotated-texts.js';
import { textColumns, textFeature } from './columns.js';

/** Schema of a backend's rows: one annotated message or statement line per row, and the backend's merchants as names. */
export const backendSchema: DatasetSchema = {
  line: DEFAULT_LINE,
  columns: [
    ...textColumns,
    { name: 'entity_id', type: 'text', description: 'The user whose text it is; of a name, the word "backend".' },
    { name: 'as_of', type: 'timestamp', description: 'When it was written or booked.' },
  ],
  key: 'textId',
  label: 'entities',
  features: [textFeature],
  split: {
    kind: 'group',
    column: 'textGroup',
    fraction: 0.3,
    salt: 'financial-ner@1',
    window: { column: 'as_of', days: 28 },
  },
  minimumRows: 60,
};

/** The model's data in the backend. */
export const backendDataset: BackendDataset = {
  schema: backendSchema,
  tables: ['chat_messages', 'entity_annotations', 'transactions'],
  columns: {
    chat_messages: ['id', 'user_id', 'sent_at', 'text', 'locale', 'text_group', 'intent_labelled_at'],
    entity_annotations: [
      ...['message_id', 'transaction_id', 'entity_type', 'text_group', 'start_offset', 'end_offset'],
    ],
    transactions: ['id', 'user_id', 'booked_at', 'description', 'merchant', 'category'],
  },
  // Names and numbers are what is learned, and annotations count the characters of the texts.
  needs: {
    chat_messages: unchanged('sent_at', 'text', 'locale', 'intent_labelled_at', 'text_group'),
    entity_annotations: unchanged('start_offset', 'end_offset', 'entity_type', 'text_group'),
    transactions: unchanged('booked_at', 'merchant', 'description', 'category'),
  },
  views: [],
  rows: annotatedTexts,
  comparedWithMoment: {},
};
