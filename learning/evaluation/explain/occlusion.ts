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

/** Several numbers to be explained, such as one an entity: (texts, numbers). */
export type ScoreEach = (texts: readonly string[]) => Promise<readonly ArrayLike<number>[]>;

/** A text without those parts for which `keep` is false. */
export type RemoveParts = (text: string, parts: readonly TextPart[], keep: (part: number) => boolean) => string;

/** Which words are taken away, and how. */
export interface PerturbationOptions {
  /** Words from the start that are considered. @default 64 */
  readonly most?: number;
  /** The words of a text, from left to right. @default textParts */
  readonly split?: (text: string) => readonly TextPart[];
  /** @default withoutParts */
  readonly remove?: RemoveParts;
}

const MOST_PARTS = 64;

/** Runs of letters, marks and digits, and single symbols. @param most - further parts are left out. */
export function textParts(text: string, most: number): TextPart[] {
  const parts: TextPart[] = [];
  for (const match of text.matchAll(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]/gu)) {
    if (parts.length === most) break;
    parts.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return parts;
}

/** The words that are considered. */
export const partsOf = (text: string, { most = MOST_PARTS, split }: PerturbationOptions = {}): readonly TextPart[] =>
  split === undefined ? textParts(text, most) : split(text).slice(0, most);

/** Writes `blank(part)` for each part for which `keep` is false; what stands between parts stays. */
const removeParts =
  (blank: (part: TextPart) => string): RemoveParts =>
  (text, parts, keep) => {
    let [result, at] = ['', 0];
    parts.forEach((part, i) => {
      if (keep(i)) return;
      result += text.slice(at, part.start) + blank(part);
      at = part.end;
    });
    return result + text.slice(at);
  };

/** The text with one blank for each removed part. */
export const withoutParts = removeParts(() => ' ');

/** The text with blanks of the same length for removed parts: positions in it are those of the whole text. */
export const blankParts = removeParts(({ start, end }) => ' '.repeat(end - start));

/** The words with their weights. */
export const toAttributions = (parts: readonly TextPart[], weightOf: (part: number) => number): Attribution[] =>
  parts.map((part, i) => ({ ...part, weight: weightOf(i) }));

/**
 * What each number loses when one word is taken away (leave-one-out, Zeiler & Fergus 2014): one more evaluation a word,
 * works for every model. Deterministic.
 * @returns (numbers, words); [] for a text without words.
 */
export async function occludeEach(
  text: string,
  score: ScoreEach,
  options: PerturbationOptions = {},
): Promise<Attribution[][]> {
  const { remove = withoutParts } = options;
  const parts = partsOf(text, options);
  if (parts.length === 0) return [];
  const variants = parts.map((_, hidden) => remove(text, parts, (part) => part !== hidden));
  const [whole, ...without] = await score([text, ...variants]);
  return Array.from(whole!, (value, k) => toAttributions(parts, (i) => value - without[i]![k]!));
}

/** `score` as numbers of which there is one a text. */
export const eachOf =
  (score: ScoreTexts): ScoreEach =>
  async (texts) =>
    (await score(texts)).map((value) => [value]);

/** `occludeEach` for one number. */
export async function occlude(text: string, score: ScoreTexts, options?: PerturbationOptions): Promise<Attribution[]> {
  const [found = []] = await occludeEach(text, eachOf(score), options);
  return found;
}
