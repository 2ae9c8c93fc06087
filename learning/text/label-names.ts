import type { Expectation, TrainingData } from '../../contracts/dataset.js';

/** Characters without width at the end of a name, such as a joiner that a copied cell brought along. */
const INVISIBLE_ENDS = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;
/** Zero-width joiner and non-joiner shape letters of Indic scripts and Arabic, so they stay inside a name. */
const INVISIBLE = /(?![\u200c\u200d])\p{Cf}/gu;

/**
 * Normal form of a class name: NFKC (full-width letters, no-break spaces), without invisible characters, runs of white
 * space and control characters as one blank, trimmed. Case is kept. Training and evaluation read names in this form.
 */
export const normaliseLabel = (label: string): string =>
  label
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(INVISIBLE_ENDS, '');

/** Two class names that may be one, with their numbers of examples. */
export interface SimilarLabels {
  readonly names: readonly [string, string];
  readonly difference: 'case or blanks' | 'one letter';
}

/** Shorter names are too often one letter apart by right, such as `time` and `timer`. */
const MINIMUM_NAME_LENGTH = 5;

/** A name without case and without what separates its words. */
const bareName = (name: string): string => name.toLowerCase().replace(/[\s_./-]+/g, '');

const isLetters = (text: string): boolean => /^\p{L}*$/u.test(text);

/** What is left of two names without their common beginning and end. */
function differingParts(a: string, b: string): readonly [string, string] {
  const shorter = Math.min(a.length, b.length);
  let from = 0;
  while (from < shorter && a[from] === b[from]) from += 1;
  let behind = 0;
  while (behind < shorter - from && a.at(-1 - behind) === b.at(-1 - behind)) behind += 1;
  return [a.slice(from, a.length - behind), b.slice(from, b.length - behind)];
}

/** Whether two names differ by one letter that is added, left out, replaced or swapped with the next. */
function differByOneLetter(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < MINIMUM_NAME_LENGTH || Math.abs(a.length - b.length) > 1) return false;
  const [x, y] = differingParts(a, b);
  const areSwapped = x.length === 2 && y === `${x[1]!}${x[0]!}`;
  return isLetters(x + y) && (areSwapped || Math.max(x.length, y.length) <= 1);
}

/** Pairs of class names that differ by case, blanks or one letter, in the order of their names. O(names²). */
export function findSimilarLabels(names: Iterable<string>): SimilarLabels[] {
  const known = [...names].sort().map((name) => ({ name, bare: bareName(name) }));
  return known.flatMap((first, i) =>
    known.slice(i + 1).flatMap((second): SimilarLabels[] => {
      const pair = [first.name, second.name] as const;
      if (first.bare === second.bare) return [{ names: pair, difference: 'case or blanks' }];
      return differByOneLetter(first.bare, second.bare) ? [{ names: pair, difference: 'one letter' }] : [];
    }),
  );
}

/** Maximum number of names or pairs in a message. */
const MAXIMUM_LISTED = 5;

function listed(items: readonly string[]): string {
  const more = items.length - MAXIMUM_LISTED;
  return items.slice(0, MAXIMUM_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Numbers of examples by class name. */
export type LabelCounts = ReadonlyMap<string, number>;

/** Sentences about names that may be one class, and about classes with a single example; [] when there are none. */
export function describeSuspiciousLabels(counts: LabelCounts): {
  readonly similar: string[];
  readonly single: string[];
} {
  const quoted = (name: string): string => `"${name}" (${counts.get(name) ?? 0})`;
  const similar = (['case or blanks', 'one letter'] as const).flatMap((difference) => {
    const pairs = findSimilarLabels(counts.keys()).filter((pair) => pair.difference === difference);
    const found = pairs.map(({ names }) => names.map(quoted).join(' and '));
    return found.length === 0 ? [] : [`names that differ in ${difference} only: ${listed(found)}`];
  });
  const singles = [...counts].filter(([, count]) => count === 1).map(([name]) => `"${name}"`);
  const single = singles.length === 0 ? [] : [`a single example: ${listed(singles.sort())}`];
  return { similar, single };
}

const HELP =
  'correct the labels, or train with --allow-suspicious-labels (VALIDATION_SUSPICIOUS_LABELS=allowed) when they are meant';

/** Rows of a backend name their customer; labels arrive there one by one, so a new class begins with one example. */
const isFromBackend = ({ table }: TrainingData): boolean => table.columns.entity_id !== undefined;

/**
 * The check that class names are meant: none differ by case, blanks or one letter only, and in files none has a single
 * example.
 * @param countLabels - numbers of examples by class name, in normal form.
 */
export const labelsAreMeant = (countLabels: (data: TrainingData) => LabelCounts): Expectation => ({
  name: 'label names are meant',
  check(data, settings) {
    if (settings?.suspiciousLabels === 'allowed') return null;
    const { similar, single } = describeSuspiciousLabels(countLabels(data));
    const found = [...similar, ...(isFromBackend(data) ? [] : single)];
    return found.length === 0 ? null : `found ${found.join('; ')}; ${HELP}`;
  },
});
