import type { Random } from '../../numeric/random/index.js';

/** Rows of a QWERTY keyboard. */
const KEYBOARD = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

function neighbouringKeys(letter: string): string {
  const row = KEYBOARD.findIndex((keys) => keys.includes(letter));
  if (row < 0) return '';
  const column = KEYBOARD[row]!.indexOf(letter);
  const beside = [KEYBOARD[row]![column - 1], KEYBOARD[row]![column + 1]];
  const aboveAndBelow = [KEYBOARD[row - 1]?.[column], KEYBOARD[row + 1]?.[column]];
  return [...beside, ...aboveAndBelow].filter((key) => key !== undefined).join('');
}

type Typo = (letters: string[], at: number, random: Random) => void;

const swap: Typo = (letters, at) => {
  if (at + 1 < letters.length) letters.splice(at, 2, letters[at + 1]!, letters[at]!);
};
const drop: Typo = (letters, at) => void letters.splice(at, 1);
const double: Typo = (letters, at) => void letters.splice(at, 0, letters[at]!);
const hitNeighbour: Typo = (letters, at, random) => {
  const near = neighbouringKeys(letters[at]!.toLowerCase());
  if (near !== '') letters[at] = near[random.integer(near.length)]!;
};
const TYPOS: readonly Typo[] = [swap, drop, double, hitNeighbour];

const isLetter = (letter: string): boolean => /\p{L}/u.test(letter);

/**
 * Adds random typos: each letter is changed with probability `rate` (swapped with the next, dropped, doubled or replaced
 * by a neighbouring key). Words of one letter are unchanged. Deterministic given the generator.
 * @param rate - per letter, 0 to 1.
 */
export function addTypos(text: string, rate: number, random: Random): string {
  return text.replace(/[\p{L}\p{M}]{2,}/gu, (word) => {
    const letters = Array.from(word);
    for (let at = letters.length - 1; at >= 0; at--) {
      if (random.uniform() >= rate || !isLetter(letters[at] ?? '')) continue;
      TYPOS[random.integer(TYPOS.length)]!(letters, at, random);
    }
    return letters.join('');
  });
}
