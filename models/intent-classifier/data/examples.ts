import type { TrainingData } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import { hashFraction } from '../../../learning/evaluation/split/index.js';
import { describeSuspiciousLabels, normaliseLabel } from '../../../learning/text/label-names.js';
import { textColumn } from '../../../learning/table.js';
import { isMultiLabel, isOutOfScope, parseLabels } from './label-set.js';
import type { IntentParams } from '../params.js';
import { requireAtLeast, singleClass } from '../../../learning/checks.js';

/** Minimum number of training messages, validation included. */
const MINIMUM_MESSAGES = 30;
/** Share of the training messages in the validation part. */
const VALIDATION_SHARE = 0.2;
/** Sets of up to this many messages validate each message once; of larger ones a part is enough. */
const MOST_CROSS_FITTED = 5000;
/** Five folds where a fold costs little beside the embedding of the messages, else three. */
const FOLDS = { frozen: 5, 'from-scratch': 3 };
/** Out of scope is a class when it has at least this many times the messages of an average intent. */
const CLASS_FACTOR = 2;

/** A labelled message. */
export interface Example {
  readonly text: string;
  readonly intents: readonly string[];
  readonly outOfScope: boolean;
}

/** Messages that are validated, and those that a model is fitted on for it. */
export interface Fold {
  readonly fit: readonly Example[];
  readonly validation: readonly Example[];
}

/** Training data of an intent classifier. */
export interface PreparedData {
  readonly classes: readonly string[];
  /** Whether a message has any number of intents. */
  readonly multiLabel: boolean;
  /** One fold with a validation part, or several that validate each message once. */
  readonly folds: readonly [Fold, ...Fold[]];
  /** Out-of-scope messages of the validation part, for choosing the rejection score; [] when out of scope is a class. */
  readonly outOfScopeValidation: readonly Example[];
  /** Out-of-scope messages of the training part, for outlier exposure; [] when out of scope is a class. */
  readonly outOfScopeTraining: readonly Example[];
  /** Remarks on the messages for the card. */
  readonly notes: readonly string[];
  /** Whether the model is fitted again on all messages, validation included. */
  readonly refit: boolean;
}

function requireText(values: readonly (string | null)[], column: string): string[] {
  return values.map((value, i) => {
    if (value !== null && normaliseLabel(value) !== '') return value;
    throw errorAt('INVALID_VALUE', { row: i + 1, column }, 'the cell is empty');
  });
}

const optionalText = ({ table }: TrainingData, name: string): readonly (string | null)[] | null =>
  table.columns[name]?.kind === 'text' ? textColumn(table, name) : null;

/** Group of each message; groups are not split between training and validation. */
const groupOf = (data: TrainingData): readonly (string | null)[] =>
  optionalText(data, 'text_group') ?? textColumn(data.table, 'text');

/** Number of folds for this many messages: large sets and fine-tuning validate on a fifth of the messages. */
const foldCount = (messages: number, { engine, precision }: IntentParams): number =>
  messages > MOST_CROSS_FITTED || engine === 'fine-tuned' || precision === 'int8' ? 1 : FOLDS[engine];

/** The fold in which each message is validated, −1 = in none; of the data's own parts, or by the hash of the groups. */
function foldsOf(data: TrainingData, params: IntentParams): { readonly folds: number[]; readonly own: boolean } {
  const parts = optionalText(data, 'part');
  if (parts?.includes('validation') === true)
    return { folds: parts.map((part) => (part === 'validation' ? 0 : -1)), own: true };
  const groups = groupOf(data);
  const shares = groups.map((group) => hashFraction('intent-validation@1', group ?? ''));
  const count = foldCount(groups.length, params);
  if (count > 1) return { folds: shares.map((share) => Math.floor(count * share)), own: false };
  return { folds: shares.map((share) => (share < VALIDATION_SHARE ? 0 : -1)), own: false };
}

function requireClasses(classes: readonly string[], line: string): void {
  if (classes.length > 1) return;
  throw singleClass('intents of the messages', { line });
}

/** Whether out of scope is learned as a class. It covers many topics, so it needs more messages than an intent. */
function learnsOutOfScope(messages: readonly Example[]): boolean {
  const inScope = messages.filter((message) => !message.outOfScope);
  const intents = new Set(inScope.flatMap((message) => message.intents)).size;
  return intents > 0 && messages.length - inScope.length >= (CLASS_FACTOR * inScope.length) / intents;
}

/** Numbers of messages by intent. */
export function countIntents(intents: Iterable<readonly string[]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const names of intents) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What a reader should know about the labels that were learned from. */
function labelNotes(labels: readonly string[]): string[] {
  const changed = labels.filter((label) => label !== normaliseLabel(label)).length;
  const { similar, single } = describeSuspiciousLabels(countIntents(labels.map(parseLabels)));
  return [
    ...(changed > 0 ? [`${changed} of ${labels.length} labels were read without blanks or invisible characters`] : []),
    ...similar.map((finding) => `intents have ${finding}`),
    ...single.map((finding) => `intents with ${finding}`),
  ];
}

/** Texts and labels of a table. @throws PipelineError `MISSING_COLUMN`, `INVALID_VALUE`. */
export function readExamples(data: TrainingData): Example[] {
  const texts = requireText(textColumn(data.table, 'text'), 'text');
  const labels = requireText(textColumn(data.table, data.schema.label), data.schema.label);
  return texts.map((text, i) => ({ text, intents: parseLabels(labels[i]!), outOfScope: isOutOfScope(labels[i]!) }));
}

/** How out-of-scope messages are used, for the card. */
function outOfScopeNote(messages: readonly Example[], isClass: boolean): string[] {
  const count = messages.filter(({ outOfScope }) => outOfScope).length;
  if (count === 0) return [];
  return [`${count} out-of-scope messages ${isClass ? 'are a class of their own' : 'choose the rejection score'}`];
}

/** Folds of the messages that have a class; messages of classes that no fit learns are not validated. */
function divide(messages: readonly Example[], folds: readonly number[], classes: readonly string[]): Fold[] {
  const known = new Set(classes);
  const isKnown = ({ intents }: Example): boolean => intents.every((intent) => known.has(intent));
  return Array.from({ length: Math.max(0, ...folds) + 1 }, (_, fold) => ({
    fit: messages.filter((_message, i) => folds[i] !== fold),
    validation: messages.filter((message, i) => folds[i] === fold && isKnown(message)),
  }));
}

/**
 * Divides training messages into folds for choosing hyper-parameters, temperature and thresholds. Out of scope is a class
 * when the messages that are fitted hold enough of it; else all of them are kept for choosing the rejection score.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`.
 */
export function prepare(data: TrainingData, params: IntentParams): PreparedData {
  const all = readExamples(data);
  const { line, label } = data.schema;
  requireAtLeast('messages to learn from', all.length, MINIMUM_MESSAGES, { line });
  const labels = requireText(textColumn(data.table, label), label);
  const { folds, own } = foldsOf(data, params);
  const isFitted = (_: Example, i: number): boolean => !own || folds[i] !== 0;
  const isClass = learnsOutOfScope(all.filter(isFitted));
  const hasClass = ({ outOfScope }: Example): boolean => isClass || !outOfScope;
  const outOfScope = (isValidated: boolean): Example[] =>
    all.filter((example, i) => !hasClass(example) && (folds[i] === 0) === isValidated);
  const classes = [
    ...new Set(all.filter((one, i) => isFitted(one, i) && hasClass(one)).flatMap(({ intents }) => intents)),
  ];
  requireClasses(classes, line);
  const foldsWithClass = folds.filter((_, i) => hasClass(all[i]!));
  return {
    classes: classes.sort(),
    multiLabel: params.labels === 'auto' ? isMultiLabel(labels) : params.labels === 'multiple',
    folds: divide(all.filter(hasClass), foldsWithClass, classes) as [Fold, ...Fold[]],
    outOfScopeValidation: outOfScope(true),
    outOfScopeTraining: outOfScope(false),
    notes: [...labelNotes(labels), ...outOfScopeNote(all, isClass)],
    refit: !own || (params.ownValidation === 'learned' && params.engine === 'from-scratch'),
  };
}
