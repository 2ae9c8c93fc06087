/** What a feature looks at, as one would say it; several features may look at the same thing. */
const subjects: Readonly<Record<string, string>> = {
  word: 'the word',
  lower: 'the word',
  shape: 'the spelling (capitals, digits) of',
  shortShape: 'the spelling (capitals, digits) of',
  kind: 'the spelling (capitals, digits) of',
  digits: 'the number of digits in',
  cluster: 'words used like',
  coarseCluster: 'words used like',
  familiarity: 'how often training saw',
  wordClass: 'the class (number word, month, country …) of',
  letters: 'letters inside',
  run: 'the words around the phrase with',
  knownName: 'the list of known names for',
};

const ends = /^(prefix|suffix)\d$/;

function subjectOf(attribute: string): string {
  const [, end] = ends.exec(attribute) ?? [];
  if (end !== undefined) return end === 'prefix' ? 'the beginning of' : 'the ending of';
  return subjects[attribute] ?? 'the word';
}

/** The word so many places away; null = not known. */
export type Neighbour = (offset: number) => string | null;

function placeOf(offset: number, neighbour: Neighbour): string {
  if (offset === 0) return '';
  const side = offset < 0 ? 'before' : 'after';
  const [found, near] = [neighbour(offset), Math.abs(offset) === 1];
  if (found !== null) return `"${found}" ${near ? '' : 'two '}${side}`;
  return near ? `the word ${side}` : `the second word ${side}`;
}

/**
 * What a feature such as `lower[-1] & lower[0]` looked at, to be followed by the word: `"to" before`, "the ending of".
 * @param neighbour - the words around, where they are known.
 */
export function lookedAt(feature: string, neighbour: Neighbour = () => null): string {
  const parts = [...feature.matchAll(/([a-zA-Z]+\d?)\[(-?\d)\]/g)].map(([, attribute, offset]) => ({
    subject: subjectOf(attribute!),
    offset: Number(offset),
  }));
  const places = [...new Set(parts.map(({ offset }) => placeOf(offset, neighbour)))];
  if (places.length > 1) return 'the words around';
  return places[0] === '' ? (parts[0]?.subject ?? 'the word') : (places[0] ?? 'the word');
}
