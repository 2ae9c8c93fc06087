import { murmur3 } from '../../../numeric/hash/murmur.js';
import type { DriftWords } from '../types.js';
import { presentWords, wordRows } from './categories.js';

/** Cells of the hash; words that share one are counted as one. */
export const WORD_CELLS = 256;
const WORD = /[\p{L}\p{N}]+/gu;
const SEED = 0x64726966;

const encoder = new TextEncoder();

/** In how many texts the words of each cell occur: no text and no word is kept. Sums of two are exact. */
export interface TextCounts {
  /** Texts that are not missing. */
  readonly rows: number;
  readonly missing: number;
  /** (256,) texts with at least one word of the cell. */
  readonly presence: Float64Array;
}

/** The word of a text that has none, so that empty texts are told from missing ones. */
const NO_WORD = [['']] as const;

/** Counts presence of words, in lower case, by hashed cell. O(characters). */
export function textCounts(values: DriftWords): TextCounts {
  const presence = new Float64Array(WORD_CELLS);
  const lastText = new Int32Array(WORD_CELLS);
  const cellOfWord = new Map<string, number>();
  let rows = 0;
  for (const text of presentWords(values)) {
    rows++;
    const words: readonly (readonly string[])[] = [...text.toLowerCase().matchAll(WORD)];
    for (const [word] of words.length > 0 ? words : NO_WORD) {
      const cell = cellOfWord.get(word!) ?? murmur3(encoder.encode(word), SEED) % WORD_CELLS;
      if (cellOfWord.size < 50_000) cellOfWord.set(word!, cell);
      if (lastText[cell] === rows) continue;
      lastText[cell] = rows;
      presence[cell]! += 1;
    }
  }
  return { rows, missing: wordRows(values) - rows, presence };
}
