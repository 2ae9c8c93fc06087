import type { Random } from '../../../../../../learning/numeric/random/index.js';
import { pick } from '../../draws.js';

/**
 * A whole utterance with alternatives: `[send|transfer] {AMOUNT} to {PERSON} [now|]`. Brackets hold alternatives, one of
 * which is drawn; the last may be empty, and they are not nested. Names in braces are slots, which become entities, or a
 * slot with its text, `{DATE:next month}`. Wordings that start with `hi:` are Hindi in Latin letters.
 */
export type Wording = string;

/** The wordings of a text block, one a line. */
export const wordings = (block: string): readonly Wording[] =>
  block
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const ALTERNATIVES = /\[([^[\]]*)\]/g;

/** Removes what an empty alternative leaves: double spaces, and spaces at the ends and before a comma. */
const tidy = (text: string): string => text.replace(/ +(?=[ ,])/g, '').trim();

/** A wording with one alternative drawn in each bracket; inner brackets, those of a slot's text, come first. */
export function drawAlternatives(random: Random, wording: Wording): string {
  let text = wording;
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(ALTERNATIVES, (_, alternatives: string) => pick(random, alternatives.split('|')));
  }
  return tidy(text);
}
