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
/** Out of scope is a class when it has at least this many times the messages of an average intent. */
const CLASS_FACTOR = 2;

/** A labelled message. */
export interface Example {
  readonly text: string;
  readonly intents: readonly string[];
  readonly outOfScope: boolean;
}

/** Training data of an intent classifier. */
export interface PreparedData {
  readonly classes: readonly string[];
  /** Whether a message has any number of intents. */
  readonly multiLabel: boolean;
  readonly fit: readonly Example[];
  readonly validation: readonly Example[];
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

/** The data's own validation part, or a fifth of the groups by hash. */
function validationMask(data: TrainingData): { readonly mask: boolean[]; readonly own: boolean } {
  const parts = optionalText(data, 'part');
  if (parts?.includes('validation') === true) return { mask: parts.map((part) => part === 'validation'), own: true };
  const byHash = groupOf(data).map((group) => hashFraction('intent-validation@1', group ?? '') < VALIDATION_SHARE);
  return { mask: byHash, own: false };
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

/**
 * Splits training messages into the training part and the validation part for temperature and thresholds.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`.
 */
export function prepare(data: TrainingData, params: IntentParams): PreparedData {
  const all = readExamples(data);
  const { line, label } = data.schema;
  requireAtLeast('messages to learn from', all.length, MINIMUM_MESSAGES, { line });
  const labels = requireText(textColumn(data.table, label), label);
  const multiLabel = params.labels === 'auto' ? isMultiLabel(labels) : params.labels === 'multiple';
  const outOfScopeIsClass = learnsOutOfScope(all);
  const hasClass = (example: Example): boolean => outOfScopeIsClass || !example.outOfScope;
  const { mask, own } = validationMask(data);
  const fit = all.filter((example, i) => mask[i] !== true && hasClass(example));
  const validation = all.filter((example, i) => mask[i] === true && hasClass(example));
  const learned = own ? fit : [...fit, ...validation];
  const classes = [...new Set(learned.flatMap(({ intents }) => intents))].sort();
  requireClasses(classes, line);
  const known = new Set(classes);
  return {
    classes,
    multiLabel,
    fit,
    validation: validation.filter(({ intents }) => intents.every((intent) => known.has(intent))),
    outOfScopeValidation: outOfScopeIsClass ? [] : all.filter((example, i) => mask[i] === true && example.outOfScope),
    outOfScopeTraining: outOfScopeIsClass ? [] : all.filter((example, i) => mask[i] !== true && example.outOfScope),
    notes: labelNotes(labels),
    refit: !own || (params.ownValidation === 'learned' && params.engine === 'from-scratch'),
  };
}
