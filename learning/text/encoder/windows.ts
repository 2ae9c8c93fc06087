import type { EncoderTokenizer } from './tokenizer.js';

/** A part of a sentence that fits an encoder's maximum length. */
export interface Window {
  /** Position of its first word. */
  readonly first: number;
  /** Position after its last word. */
  readonly last: number;
  /** Position of the first word whose answer is taken from this window; the next window's `from` ends them. */
  readonly from: number;
}

/** Number of pieces that neighbouring windows share, so that words near a border have context on both sides. */
const OVERLAP_PIECES = 32;

/** The first word from which the words up to `end` have at most `maximum` pieces. */
function startBefore(pieces: readonly number[], end: number, maximum: number): number {
  let [first, total] = [end, 0];
  while (first > 0 && total + pieces[first - 1]! <= maximum) total += pieces[--first]!;
  return first;
}

/**
 * Splits a sentence into overlapping windows.
 * @param pieces - number of pieces of each word.  @param maximum - pieces per window; a longer word is a window alone.
 */
export function cutWindows(pieces: readonly number[], maximum: number): Window[] {
  const windows: Window[] = [];
  let first = 0;
  for (;;) {
    let [last, total] = [first, 0];
    while (last < pieces.length && (last === first || total + pieces[last]! <= maximum)) total += pieces[last++]!;
    const previous = windows.at(-1);
    // Answers change over in the middle of the overlap.
    windows.push({ first, last, from: previous ? Math.ceil((first + previous.last) / 2) : 0 });
    if (last >= pieces.length) return windows;
    first = Math.max(first + 1, startBefore(pieces, last, Math.min(OVERLAP_PIECES, maximum >> 1)));
  }
}

/** Maximum number of cached words; the cache is cleared when it is full. */
const CACHED_WORDS = 50_000;

/**
 * Creates the function that splits sentences of words into windows for an encoder.
 * @param maximumLength - pieces per window, special tokens included.
 */
export function windowsFor(tokenizer: EncoderTokenizer, maximumLength: number): (words: readonly string[]) => Window[] {
  const cache = new Map<string, number>();
  const pieceCount = (word: string): number => {
    const cached = cache.get(word);
    if (cached !== undefined) return cached;
    if (cache.size >= CACHED_WORDS) cache.clear();
    const pieces = tokenizer.encodeWords([word], maximumLength).ids.length - 2;
    cache.set(word, pieces);
    return pieces;
  };
  return (words) => cutWindows(words.map(pieceCount), maximumLength - 2);
}

/** Joins the answers per word of a sentence's windows. @returns one answer per word of the sentence. */
export function joinWindows<T>(windows: readonly Window[], answers: readonly (readonly T[])[]): T[] {
  return windows.flatMap(({ first, last, from }, i) => {
    const end = windows[i + 1]?.from ?? last;
    return answers[i]!.slice(from - first, end - first);
  });
}
