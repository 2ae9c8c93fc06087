import type { EncoderTokenizer } from '../../../learning/text/encoder/index.js';

/** A part of a sentence that an encoder reads at once. */
export interface Window {
  /** Places of its first word and of the one after its last. */
  readonly first: number;
  readonly last: number;
  /** First place that this window answers for; it goes on to the next window's. */
  readonly from: number;
}

/** Pieces that neighbouring windows share, so that a word near a border is read with both sides. */
const SHARED = 32;

/** First place from which the pieces up to `end` are no more than so many. */
function startBefore(pieces: readonly number[], end: number, most: number): number {
  let [first, sum] = [end, 0];
  while (first > 0 && sum + pieces[first - 1]! <= most) sum += pieces[--first]!;
  return first;
}

/**
 * Cuts a sentence into overlapping windows of at most so many pieces; a single word may have more.
 * @param pieces - number of pieces of each word.
 */
export function cutWindows(pieces: readonly number[], most: number): Window[] {
  const windows: Window[] = [];
  let first = 0;
  for (;;) {
    let [last, sum] = [first, 0];
    while (last < pieces.length && (last === first || sum + pieces[last]! <= most)) sum += pieces[last++]!;
    const before = windows.at(-1);
    // Each answers up to the middle of what they share.
    windows.push({ first, last, from: before ? Math.ceil((first + before.last) / 2) : 0 });
    if (last >= pieces.length) return windows;
    first = Math.max(first + 1, startBefore(pieces, last, Math.min(SHARED, most >> 1)));
  }
}

/** Distinct words kept; a stream of ever new words cannot fill the memory. */
const CACHED_WORDS = 50_000;

/** Makes the function that cuts sentences of words for an encoder. @param maximumLength - pieces, both marks included. */
export function windowsFor(tokenizer: EncoderTokenizer, maximumLength: number): (words: readonly string[]) => Window[] {
  const known = new Map<string, number>();
  const piecesOf = (word: string): number => {
    const found = known.get(word);
    if (found !== undefined) return found;
    if (known.size >= CACHED_WORDS) known.clear();
    const pieces = tokenizer.encodeWords([word], maximumLength).ids.length - 2;
    known.set(word, pieces);
    return pieces;
  };
  return (words) => cutWindows(words.map(piecesOf), maximumLength - 2);
}

/** Puts the windows' answers by word together again. */
export function joinWindows<T>(windows: readonly Window[], answers: readonly (readonly T[])[]): T[] {
  return windows.flatMap(({ first, last, from }, i) => {
    const end = windows[i + 1]?.from ?? last;
    return answers[i]!.slice(from - first, end - first);
  });
}
