import type { ColumnSpec, DatasetSchema, FeatureSpec } from '../../../../contracts/dataset.js';
import { errorAt } from '../../../../contracts/errors.js';
import type { Column, Table } from '../../../../contracts/table.js';
import { hashFraction } from '../../../../learning/evaluation/split/index.js';

/** The part of a public set that a message belongs to. */
export type Part = 'train' | 'validation' | 'test';

/** One labelled message as a layout reads it; `part` null = the set says nothing. */
export interface LabelledMessage {
  readonly text: string;
  /** Joined labels. */
  readonly intent: string;
  readonly part: Part | null;
  /** Messages of one group stay on one side of the holdout. */
  readonly group?: string | undefined;
}

/** Longer messages are refused: no customer types them, and every word costs. */
export const LONGEST_MESSAGE = 20_000;
const TEST_SHARE = 0.25;
const SALT = 'intent-file@1';

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

/** Shape of every line that is read from files. */
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

/** What a file's name, or the folder around it, says about the part. */
export function partOfName(name: string): Part | null {
  const folder = name.split('/').at(-2) ?? '';
  const found = PARTS.find(([pattern]) => pattern.test(fileNameOf(name)) || pattern.test(folder));
  return found?.[1] ?? null;
}

/** Where a message stands: a line of a text, a row of a list. */
export interface MessagePlace {
  readonly file: string;
  readonly line?: number;
  readonly row?: number;
  readonly column?: string;
}

/** @throws PipelineError `INVALID_VALUE` for an empty text or label, or a text that is too long. */
export function requireMessage({ text, intent }: Pick<LabelledMessage, 'text' | 'intent'>, place: MessagePlace): void {
  if (text.trim() === '') throw errorAt('INVALID_VALUE', { ...place, column: 'text' }, 'found a message without text');
  if (intent.trim() === '')
    throw errorAt('INVALID_VALUE', { ...place, column: 'intent' }, 'found a message without a label');
  if (text.length <= LONGEST_MESSAGE) return;
  const finding = `found a message of ${text.length} characters, wanted at most ${LONGEST_MESSAGE}`;
  throw errorAt('INVALID_VALUE', place, finding);
}

const drawnPart = ({ text, group }: LabelledMessage): Part =>
  hashFraction(SALT, group ?? text) < TEST_SHARE ? 'test' : 'train';

/** Messages as the schema's table. Without any test part, a quarter of the groups is drawn by hash. */
export function messageTable(messages: readonly LabelledMessage[]): Table {
  const divided = messages.some(({ part }) => part === 'test');
  const text = (values: readonly string[]): Column => ({ kind: 'text', values });
  const partOf = (message: LabelledMessage): Part =>
    divided ? (message.part ?? 'train') : message.part === 'validation' ? 'validation' : drawnPart(message);
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
