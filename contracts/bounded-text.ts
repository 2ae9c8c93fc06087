import { z } from 'zod';

/**
 * Characters of a text as JSON schema counts them: Unicode code points, so that an emoji of two UTF-16 code units is one. A
 * lone surrogate counts as one.
 */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) if (isPair(text, i)) count -= 1;
  return count;
}

/** Whether the code unit is the second of a pair. */
const isPair = (text: string, i: number): boolean =>
  (text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;

/** Whether a text has at most so many characters. Most are decided without counting. */
export const hasAtMost = (text: string, most: number): boolean => text.length <= most || countCharacters(text) <= most;

/**
 * A text of at most so many characters, as its JSON schema (`maxLength`) says; zod's own `max` counts UTF-16 code units and
 * would refuse texts that the schema allows.
 */
export const boundedText = (most: number): z.ZodString =>
  z
    .string()
    .check(({ value, issues }) => {
      if (!hasAtMost(value, most))
        issues.push({ code: 'too_big', origin: 'string', maximum: most, inclusive: true, input: value });
    })
    .meta({ maxLength: most });
