import type { ColumnSpec, DatasetSchema, FeatureSpec } from '../../../../contracts/dataset.js';
import { errorAt } from '../../../../contracts/errors.js';
import type { Column, Table } from '../../../../contracts/table.js';
import { normaliseLabel } from '../../../../learning/text/label-names.js';
import { hashFraction } from '../../../../learning/evaluation/split/index.js';

/** The part of a public set that a message belongs to. */
export type Part = 'train' | 'validation' | 'test';

/** A labelled message of a file. */
export interface LabelledMessage {
  readonly text: string;
  /** Joined labels. */
  readonly intent: string;
  /** Null = not given by the set. */
  readonly part: Part | null;
  /** Messages of one group are on the same side of the holdout. */
  readonly group?: string | undefined;
}

/** Maximum length of a message in UTF-16 code units. */
export const MAXIMUM_MESSAGE_LENGTH = 20_000;
const TEST_SHARE = 0.25;
const SALT = 'intent-file@1';

/** The model's feature. */
export const textFeature: FeatureSpec = {
  name: 'text',
  kind: 'categorical',
  description: 'What the customer wrote.',
};

const columns: readonly ColumnSpec[] = [
  { name: 'messageId', type: 'text', unique: true, description: 'Number of the message in the data.' },
  { name: 'text', type: 'text', description: textFeature.description },
  { name: 'intent', type: 'text', description: 'The label; several are joined by #, and # alone is none.' },
  {
    name: 'part',
    type: 'category',
    categories: ['train', 'validation', 'test'],
    description: "The data's own part; without one, test for a quarter of the groups (or texts), chosen by hash.",
  },
];

/** Schema of a line that is read from files. */
export const messageSchema = (line: string): DatasetSchema => ({
  line,
  columns,
  key: 'messageId',
  label: 'intent',
  features: [textFeature],
  split: { kind: 'given', column: 'part', heldOut: ['test'] },
  minimumRows: 40,
});

const fileNameOf = (name: string): string => name.split('/').at(-1) ?? name;

const PARTS: readonly (readonly [RegExp, Part])[] = [
  [/^(?:val|valid|validation|dev)\b/i, 'validation'],
  [/^test\b/i, 'test'],
  [/^train\b/i, 'train'],
];

/** The part that a file's name, or its folder's name, indicates; null = none. */
export function partOfName(name: string): Part | null {
  const folder = name.split('/').at(-2) ?? '';
  const found = PARTS.find(([pattern]) => pattern.test(fileNameOf(name)) || pattern.test(folder));
  return found?.[1] ?? null;
}

/** Position of a message in a file: a line of a text, or a row of a list. */
export interface MessagePlace {
  /** Absent where the reader adds it. */
  readonly file?: string;
  readonly line?: number;
  readonly row?: number;
  readonly column?: string;
}

/** Checks a message. @throws PipelineError `INVALID_VALUE` for an empty text or label, or a text that is too long. */
export function requireMessage({ text, intent }: Pick<LabelledMessage, 'text' | 'intent'>, place: MessagePlace): void {
  if (text.trim() === '') throw errorAt('INVALID_VALUE', { ...place, column: 'text' }, 'found a message without text');
  if (normaliseLabel(intent) === '')
    throw errorAt('INVALID_VALUE', { ...place, column: 'intent' }, 'found a message without a label');
  if (text.length <= MAXIMUM_MESSAGE_LENGTH) return;
  const finding = `found a message of ${text.length} characters, wanted at most ${MAXIMUM_MESSAGE_LENGTH}`;
  throw errorAt('INVALID_VALUE', place, finding);
}

/** Part of a message by the hash of its group. */
const hashedPart = ({ text, group }: LabelledMessage): Part =>
  hashFraction(SALT, group ?? text) < TEST_SHARE ? 'test' : 'train';

/** The table of messages. Without a test part, a quarter of the groups is the test part, by hash. */
export function messageTable(messages: readonly LabelledMessage[]): Table {
  const hasTestPart = messages.some(({ part }) => part === 'test');
  const text = (values: readonly string[]): Column => ({ kind: 'text', values });
  const partOf = (message: LabelledMessage): Part =>
    hasTestPart ? (message.part ?? 'train') : message.part === 'validation' ? 'validation' : hashedPart(message);
  return {
    rowCount: messages.length,
    columns: {
      messageId: text(messages.map((_, row) => String(row + 1))),
      text: text(messages.map((message) => message.text)),
      intent: text(messages.map((message) => message.intent)),
      part: text(messages.map(partOf)),
    },
  };
}
