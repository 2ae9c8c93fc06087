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
  readonly difference: (typeof DIFFERENCES)[number];
}

const DIFFERENCES = ['case or blanks', 'signs, accents or look-alike letters', 'one letter'] as const;

/** Shorter names are too often one letter apart by right, such as `time` and `timer`. */
const MINIMUM_NAME_LENGTH = 5;

/** A name without case and without what separates its words. */
const bareName = (name: string): string => name.toLowerCase().replace(/[\s_./-]+/g, '');

/** Cyrillic and Greek letters that look like Latin ones. */
const LOOK_ALIKES = new Map(
  [...'аaеeоoрpсcуyхxіiјjѕsкkмmтtвbнhοoαaνvρpιi'.matchAll(/(.)(.)/gu)].map(([, from, to]) => [from!, to!]),
);

/** A bare name without signs and Latin accents, look-alikes as Latin letters, and 0 and 1 between letters as o and l. */
const looseName = (name: string): string =>
  bareName(
    name
      .toLowerCase()
      .replace(/(?<=\p{L})0(?=\p{L})/gu, 'o')
      .replace(/(?<=\p{L})1(?=\p{L})/gu, 'l'),
  )
    .replace(/\p{Script=Latin}/gu, (letter) => letter.normalize('NFD').replace(/\p{M}/gu, ''))
    .replaceAll('ß', 'ss')
    .replace(/\p{P}/gu, '')
    .replace(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => LOOK_ALIKES.get(letter) ?? letter);

const isLetters = (text: string): boolean => /^[\p{L}\p{M}]*$/u.test(text);

/** Whether one name is the other with an s: `card` and `cards` are one class however short they are. */
const isPlural = (a: string, b: string): boolean =>
  (a === `${b}s` || b === `${a}s`) && Math.min(a.length, b.length) > 2;

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
  if (isPlural(a, b)) return true;
  if (Math.min(a.length, b.length) < MINIMUM_NAME_LENGTH || Math.abs(a.length - b.length) > 1) return false;
  const [x, y] = differingParts(a, b);
  const areSwapped = x.length === 2 && y === `${x[1]!}${x[0]!}`;
  return isLetters(x + y) && (areSwapped || Math.max(x.length, y.length) <= 1);
}

interface ComparedName {
  readonly name: string;
  readonly bare: string;
  readonly loose: string;
}

/** What little two names differ in; null where they differ in more. A name of signs alone is like no other. */
function differenceOf(a: ComparedName, b: ComparedName): SimilarLabels['difference'] | null {
  if (a.bare === b.bare) return 'case or blanks';
  if (a.loose === b.loose && a.loose !== '') return 'signs, accents or look-alike letters';
  return differByOneLetter(a.loose, b.loose) ? 'one letter' : null;
}

/** Pairs of class names that differ by case, blanks, signs or one letter, in the order of their names. O(names²). */
export function findSimilarLabels(names: Iterable<string>): SimilarLabels[] {
  const known = [...names].sort().map((name) => ({ name, bare: bareName(name), loose: looseName(name) }));
  return known.flatMap((first, i) =>
    known.slice(i + 1).flatMap((second): SimilarLabels[] => {
      const difference = differenceOf(first, second);
      return difference === null ? [] : [{ names: [first.name, second.name], difference }];
    }),
  );
}

/** Maximum number of names or pairs in a message. */
const MAXIMUM_LISTED = 5;

function listed(items: readonly string[]): string {
  const more = items.length - MAXIMUM_LISTED;
  return items.slice(0, MAXIMUM_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What programs write for a missing value; "none" and "na" may be meant. */
const MISSING_WORD = /^(?:nan|null|#?n\/a|undefined)$/i;

/** Numbers of examples by class name. */
export type LabelCounts = ReadonlyMap<string, number>;

/** Sentences about names that may be one class or none, and about classes with a single example; [] when there are none. */
export function describeSuspiciousLabels(counts: LabelCounts): {
  readonly similar: string[];
  readonly single: string[];
} {
  const quoted = (name: string): string => `"${name}" (${counts.get(name) ?? 0})`;
  const similar = DIFFERENCES.flatMap((difference) => {
    const pairs = findSimilarLabels(counts.keys()).filter((pair) => pair.difference === difference);
    const found = pairs.map(({ names }) => names.map(quoted).join(' and '));
    return found.length === 0 ? [] : [`names that differ in ${difference} only: ${listed(found)}`];
  });
  const missing = [...counts.keys()].filter((name) => MISSING_WORD.test(name)).map(quoted);
  if (missing.length > 0) similar.push(`words for a missing value: ${listed(missing)}`);
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
