/** Text of each attribute of a feature; attributes may share a text. */
const attributeTexts: Readonly<Record<string, string>> = {
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

function attributeText(attribute: string): string {
  const [, end] = ends.exec(attribute) ?? [];
  if (end !== undefined) return end === 'prefix' ? 'the beginning of' : 'the ending of';
  return attributeTexts[attribute] ?? 'the word';
}

/** The word at an offset from the feature's word; null = unknown. */
export type Neighbour = (offset: number) => string | null;

function positionText(offset: number, neighbour: Neighbour): string {
  if (offset === 0) return '';
  const side = offset < 0 ? 'before' : 'after';
  const [word, isAdjacent] = [neighbour(offset), Math.abs(offset) === 1];
  if (word !== null) return `"${word}" ${isAdjacent ? '' : 'two '}${side}`;
  return isAdjacent ? `the word ${side}` : `the second word ${side}`;
}

/**
 * Describes a feature such as `lower[-1] & lower[0]`, to be followed by the word: `"to" before`, "the ending of".
 * @param neighbour - the neighbouring words, if known.
 */
export function describeFeature(feature: string, neighbour: Neighbour = () => null): string {
  const parts = [...feature.matchAll(/([a-zA-Z]+\d?)\[(-?\d)\]/g)].map(([, attribute, offset]) => ({
    subject: attributeText(attribute!),
    offset: Number(offset),
  }));
  const positions = [...new Set(parts.map(({ offset }) => positionText(offset, neighbour)))];
  if (positions.length > 1) return 'the words around';
  return positions[0] === '' ? (parts[0]?.subject ?? 'the word') : (positions[0] ?? 'the word');
}
