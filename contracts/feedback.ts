/** What feedback may be about, beside a prediction: rows of the backend. */
export const entityKinds = ['transaction', 'chat_message', 'credit_application'] as const;
export type EntityKind = (typeof entityKinds)[number];

/** A value of the backend's rows that a label in feedback corrects. */
export interface CorrectableColumn {
  readonly entityKind: EntityKind;
  readonly column: string;
  /** Column with the moment at which the value became known; null: there is none, and a correction always counts. */
  readonly knownAt: string | null;
}

/** Columns that feedback may correct, by table. */
export const correctableColumns = {
  chat_messages: { entityKind: 'chat_message', column: 'intent', knownAt: 'intent_labelled_at' },
  credit_applications: { entityKind: 'credit_application', column: 'outcome', knownAt: 'outcome_at' },
  transactions: { entityKind: 'transaction', column: 'category', knownAt: null },
} as const satisfies Readonly<Record<string, CorrectableColumn>>;

/**
 * What of the backend feedback about a model's answers corrects: the column of a table, or the annotations of texts, which
 * are given as spans.
 */
export type Correctable = keyof typeof correctableColumns | 'entity_annotations';
