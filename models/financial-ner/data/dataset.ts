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
  views: [],
  rows: annotatedTexts,
};
