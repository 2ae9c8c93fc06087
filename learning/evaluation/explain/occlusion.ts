/** A word with its place (UTF-16 units) in the text. */
export interface TextPart {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Contribution of a part of the text to the score; negative = lowers it. */
export interface Attribution extends TextPart {
  readonly weight: number;
}

/** The number to be explained, such as the probability of the answered class, for each of several texts. */
export type ScoreTexts = (texts: readonly string[]) => Promise<readonly number[]>;

/** Runs of letters, marks and digits, and single symbols. @param most - further parts are left out. */
export function textParts(text: string, most: number): TextPart[] {
  const parts: TextPart[] = [];
  for (const match of text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]/gu)) {
    if (parts.length === most) break;
    parts.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return parts;
}

/** The text without the parts for which `keep` is false; what stands between parts stays. */
export function withoutParts(text: string, parts: readonly TextPart[], keep: (part: number) => boolean): string {
  let [result, at] = ['', 0];
  parts.forEach(({ start, end }, part) => {
    if (keep(part)) return;
    result += `${text.slice(at, start)} `;
    at = end;
  });
  return result + text.slice(at);
}

/**
 * What the score loses when one word is taken away (leave-one-out, Zeiler & Fergus 2014): one more evaluation a word,
 * works for every model. Deterministic.
 */
export async function occlude(text: string, score: ScoreTexts, most = 64): Promise<Attribution[]> {
  const parts = textParts(text, most);
  const variants = parts.map((_, hidden) => withoutParts(text, parts, (part) => part !== hidden));
  const [whole = 0, ...without] = await score([text, ...variants]);
  return parts.map((part, i) => ({ ...part, weight: whole - without[i]! }));
}
