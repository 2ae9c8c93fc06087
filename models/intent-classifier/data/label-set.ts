import { normaliseLabel } from '../../../learning/text/label-names.js';

/** Separator of the labels of a multi-label message, as in MixSNIPS. */
const SEPARATOR = '#';
/** Labels of out-of-scope messages in the supported data sets. */
const OUT_OF_SCOPE: ReadonlySet<string> = new Set(['oos', 'out_of_scope', 'out-of-scope']);

/** Intent of an answer for an out-of-scope message. */
export const OUT_OF_SCOPE_INTENT = 'out_of_scope';

/** Splits a stored label into sorted, distinct intents in normal form; `#` alone is a message without intents. */
export const parseLabels = (label: string): string[] =>
  [...new Set(normaliseLabel(label).split(SEPARATOR).map(normaliseLabel).filter(Boolean))].sort();

/** Joins intents to the stored form of a label, sorted and distinct. */
export const joinLabels = (intents: readonly string[]): string =>
  intents.length === 0 ? SEPARATOR : [...new Set(intents)].sort().join(SEPARATOR);

/** Whether a label marks an out-of-scope message. */
export const isOutOfScope = (label: string): boolean => OUT_OF_SCOPE.has(normaliseLabel(label).toLowerCase());

/** Whether some label has several intents or none. */
export const isMultiLabel = (labels: readonly string[]): boolean =>
  labels.some((label) => normaliseLabel(label).includes(SEPARATOR));
