/** Between the labels of a message that has several, as MixSNIPS writes them. */
const SEPARATOR = '#';
/** Names under which data call a message none of the intents. */
const OUT_OF_SCOPE: ReadonlySet<string> = new Set(['oos', 'out_of_scope', 'out-of-scope']);

/** What an answer says when the message is none of the intents. */
export const OUT_OF_SCOPE_INTENT = 'out_of_scope';

/** A stored label as intents, sorted, each once; `#` alone is a message without any. */
export const parseLabels = (label: string): string[] => [...new Set(label.split(SEPARATOR).filter(Boolean))].sort();

/** The form in which labels are stored and compared. */
export const joinLabels = (intents: readonly string[]): string =>
  intents.length === 0 ? SEPARATOR : [...new Set(intents)].sort().join(SEPARATOR);

export const isOutOfScope = (label: string): boolean => OUT_OF_SCOPE.has(label.toLowerCase());

/** True when some message has several intents, or none. */
export const hasSeveral = (labels: readonly string[]): boolean => labels.some((label) => label.includes(SEPARATOR));
