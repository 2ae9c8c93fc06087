import type { TrainingData } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import { hashFraction } from '../../../learning/evaluation/split/index.js';
import { textColumn } from '../../../learning/table.js';
import { hasSeveral, isOutOfScope, parseLabels } from './label-set.js';
import type { IntentParams } from '../params.js';
import { requireAtLeast, singleClass } from '../../../learning/checks.js';

/** Fewer messages than this cannot be divided into training and validation. */
const FEWEST_MESSAGES = 30;
/** Share of the training messages that thresholds and temperature are chosen on. */
const VALIDATION_SHARE = 0.2;
/** Names out of scope as an intent of its own when it has this many times the messages of a usual intent. */
const CLASS_FACTOR = 2;

export interface Example {
  readonly text: string;
  readonly intents: readonly string[];
  readonly outOfScope: boolean;
}

/** What training works with. */
export interface Prepared {
  readonly classes: readonly string[];
  readonly several: boolean;
  readonly fit: readonly Example[];
  readonly validation: readonly Example[];
  /** Out of scope by label, and not a class: for choosing the rejection score. */
  readonly strangers: readonly Example[];
  /** Out of scope by label, not a class, and free to be learned from: what an engine should be unsure about. */
  readonly outsiders: readonly Example[];
  /** True when validation is learned from in the end: taken out of training here, or given and not to be kept apart. */
  readonly refit: boolean;
}

function requireText(values: readonly (string | null)[], column: string): string[] {
  return values.map((value, i) => {
    if (value !== null && value !== '') return value;
    throw errorAt('INVALID_VALUE', { row: i + 1, column }, 'the cell is empty');
  });
}

const optionalText = ({ table }: TrainingData, name: string): readonly (string | null)[] | null =>
  table.columns[name]?.kind === 'text' ? textColumn(table, name) : null;

/** Column whose value says which side of a division a row is on. */
const groupOf = (data: TrainingData): readonly (string | null)[] =>
  optionalText(data, 'text_group') ?? textColumn(data.table, 'text');

/** The data's own validation part; without one a fifth of the groups, by hash. */
function validationMask(data: TrainingData): { readonly mask: boolean[]; readonly own: boolean } {
  const parts = optionalText(data, 'part');
  if (parts?.includes('validation') === true) return { mask: parts.map((part) => part === 'validation'), own: true };
  const drawn = groupOf(data).map((group) => hashFraction('intent-validation@1', group ?? '') < VALIDATION_SHARE);
  return { mask: drawn, own: false };
}

function requireClasses(classes: readonly string[], line: string): void {
  if (classes.length > 1) return;
  throw singleClass('intents of the messages', { line });
}

/** Out of scope is everything else, so it is learned as a class only when there is clearly more of it than of one intent. */
function strangersAreClass(labels: readonly string[]): boolean {
  const strangers = labels.filter(isOutOfScope).length;
  const intents = new Set(labels.filter((label) => !isOutOfScope(label))).size;
  return intents > 0 && strangers >= (CLASS_FACTOR * (labels.length - strangers)) / intents;
}

/** Texts and labels of a table. @throws PipelineError `MISSING_COLUMN`, `INVALID_VALUE`. */
export function readExamples(data: TrainingData): Example[] {
  const texts = requireText(textColumn(data.table, 'text'), 'text');
  const labels = requireText(textColumn(data.table, data.schema.label), data.schema.label);
  return texts.map((text, i) => ({ text, intents: parseLabels(labels[i]!), outOfScope: isOutOfScope(labels[i]!) }));
}

/**
 * Divides training messages into those learned from and those that temperature and thresholds are chosen on.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`.
 */
export function prepare(data: TrainingData, params: IntentParams): Prepared {
  const all = readExamples(data);
  const { line, label } = data.schema;
  requireAtLeast('messages to learn from', all.length, FEWEST_MESSAGES, { line });
  const labels = requireText(textColumn(data.table, label), label);
  const several = params.labels === 'auto' ? hasSeveral(labels) : params.labels === 'multiple';
  const asClass = strangersAreClass(labels);
  const usable = (example: Example): boolean => asClass || !example.outOfScope;
  const { mask, own } = validationMask(data);
  const fit = all.filter((example, i) => mask[i] !== true && usable(example));
  const validation = all.filter((example, i) => mask[i] === true && usable(example));
  const learned = own ? fit : [...fit, ...validation];
  const classes = [...new Set(learned.flatMap(({ intents }) => intents))].sort();
  requireClasses(classes, line);
  const known = new Set(classes);
  return {
    classes,
    several,
    fit,
    validation: validation.filter(({ intents }) => intents.every((intent) => known.has(intent))),
    strangers: asClass ? [] : all.filter((example, i) => mask[i] === true && example.outOfScope),
    outsiders: asClass ? [] : all.filter((example, i) => mask[i] !== true && example.outOfScope),
    refit: !own || (params.ownValidation === 'learned' && params.engine === 'from-scratch'),
  };
}
