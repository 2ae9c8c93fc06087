import type { Random } from '../../numeric/random/index.js';

/** Neighbours on a QWERTY keyboard, row by row. */
const KEYBOARD = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

function neighbours(letter: string): string {
  const row = KEYBOARD.findIndex((keys) => keys.includes(letter));
  if (row < 0) return '';
  const column = KEYBOARD[row]!.indexOf(letter);
  const near = [KEYBOARD[row]![column - 1], KEYBOARD[row]![column + 1], KEYBOARD[row - 1]?.[column], KEYBOARD[row + 1]?.[column]]; // prettier-ignore
  return near.filter((key) => key !== undefined).join('');
}

type Slip = (letters: string[], at: number, random: Random) => void;

const swap: Slip = (letters, at) => {
  if (at + 1 < letters.length) letters.splice(at, 2, letters[at + 1]!, letters[at]!);
};
const drop: Slip = (letters, at) => void letters.splice(at, 1);
const double: Slip = (letters, at) => void letters.splice(at, 0, letters[at]!);
const miss: Slip = (letters, at, random) => {
  const near = neighbours(letters[at]!.toLowerCase());
  if (near !== '') letters[at] = near[random.integer(near.length)]!;
};
const SLIPS: readonly Slip[] = [swap, drop, double, miss];

const isLetter = (letter: string): boolean => /\p{L}/u.test(letter);

/**
 * Types a text anew with slips: each letter is hit with probability `rate` by one of four (swapped with the next, left
 * out, doubled, a neighbouring key). Words of one letter stay. Deterministic under the generator.
 * @param rate - 0.1 is a text that hurts to read.
 */
export function addTypos(text: string, rate: number, random: Random): string {
  return text.replace(/[\p{L}\p{M}]{2,}/gu, (word) => {
    const letters = Array.from(word);
    for (let at = letters.length - 1; at >= 0; at--) {
      if (random.uniform() >= rate || !isLetter(letters[at] ?? '')) continue;
      SLIPS[random.integer(SLIPS.length)]!(letters, at, random);
    }
    return letters.join('');
  });
}
