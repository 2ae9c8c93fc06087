import type { ColumnSpec, FeatureSpec } from '../../../contracts/dataset.js';

/** The model's feature. */
export const textFeature: FeatureSpec = {
  name: 'text',
  kind: 'categorical',
  description: 'A chat message, a line of a statement or a sentence.',
};

/** Kinds of rows. A `name` row is a dictionary entry such as a known merchant; it is not evaluated. */
export const rowKinds = ['message', 'statement', 'sentence', 'name'] as const;
export type RowKind = (typeof rowKinds)[number];

/** Columns of all layouts. */
export const textColumns: readonly ColumnSpec[] = [
  { name: 'textId', type: 'text', unique: true, description: 'Key of the text.' },
  { name: 'text', type: 'text', description: textFeature.description },
  { name: 'kind', type: 'category', categories: rowKinds, description: 'Where the text comes from.' },
  { name: 'locale', type: 'text', nullable: true, description: 'Language tag, for slices; never learned from.' },
  { name: 'textGroup', type: 'text', description: 'Texts of one group are never on both sides of a split.' },
  {
    name: 'entities',
    type: 'text',
    description: 'The label: start:end:TYPE of each entity in UTF-16 code units, blanks between; - for none.',
  },
];
