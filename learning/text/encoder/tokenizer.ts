import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';

/** A text in pieces of the encoder's vocabulary, the marks of begin and end included. */
export interface EncodedText {
  /** (n,) piece numbers. */
  readonly ids: Int32Array;
  /** (n,) where a piece begins in the text, in UTF-16 units as strings count; −1 for the marks of begin and end. */
  readonly starts: Int32Array;
  /** (n,) where it ends, exclusive; −1 for the marks. */
  readonly ends: Int32Array;
  /** False when pieces were cut off at the maximum length. */
  readonly complete: boolean;
}

/** Words in pieces. */
export interface EncodedWords {
  readonly ids: Int32Array;
  /** (words,) position in `ids` of the word's first piece; −1 for a word cut off or without any piece. */
  readonly first: Int32Array;
}

export interface EncoderTokenizer {
  /** Number of the piece that fills up short sequences of a batch. */
  readonly padding: number;
  /** Largest piece number. */
  readonly largest: number;
  /** @param maximum - most pieces, marks included; what is longer loses its end. @default 512 */
  encode(text: string, maximum?: number): EncodedText;
  /** Words that were split elsewhere; each is divided by itself. */
  encodeWords(words: readonly string[], maximum?: number): EncodedWords;
}

const DEFAULT_MAXIMUM = 512;

const tokenizerFile = z.object({
  model: z.object({
    type: z.literal('WordPiece'),
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
    vocab: z.record(z.string(), z.number().int().nonnegative()),
  }),
});

function parseFile(bytes: Uint8Array): { json: object; model: z.infer<typeof tokenizerFile>['model'] } {
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as object;
    return { json, model: tokenizerFile.parse(json).model };
  } catch (cause) {
    throw new PipelineError('MALFORMED_FILE', 'tokenizer.json is not that of a WordPiece tokenizer', {}, { cause });
  }
}

/** A stretch of the normalised text, with the place in the original that each of its units came from. */
interface Normalised {
  readonly text: string;
  /** (length of text,) */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Normalises code point by code point, as the reference implementation does, so that every resulting unit knows its
 * origin. A combining mark that is dropped widens the letter before it: the letter and its accent are one place.
 */
function normalise(text: string, normaliseOne: (letter: string) => string): Normalised {
  const starts: number[] = [];
  const ends: number[] = [];
  let result = '';
  let at = 0;
  for (const letter of text) {
    const made = normaliseOne(letter);
    const end = at + letter.length;
    for (let i = 0; i < made.length; i++) {
      starts.push(at);
      ends.push(end);
    }
    if (made === '' && ends.length > 0 && /\p{Mn}/u.test(letter)) ends[ends.length - 1] = end;
    result += made;
    at = end;
  }
  return { text: result, starts, ends };
}

/** Pieces of one word: numbers, and lengths in units of the normalised word. */
interface Pieces {
  readonly ids: readonly number[];
  readonly lengths: readonly number[];
}

interface Marks {
  readonly begin: number;
  readonly end: number;
  readonly padding: number;
  readonly largest: number;
}

/** What is used of the library, whose own types do not resolve under Node's module rules. */
interface LibraryTokenizer {
  readonly normalizer: { normalize(text: string): string } | null;
  readonly pre_tokenizer: { pre_tokenize(text: string): string[] } | null;
  tokenize(text: string, options: { readonly add_special_tokens: boolean }): string[];
  token_to_id(token: string): number | undefined;
}

const Library = Tokenizer as unknown as new (json: object, config: object) => LibraryTokenizer;

class WordPieces implements EncoderTokenizer {
  private readonly letters = new Map<string, string>();
  private readonly words = new Map<string, Pieces>();
  /** Words kept; a stream of ever new ones must not fill the memory. */
  private static readonly KEPT = 50_000;

  constructor(
    private readonly library: LibraryTokenizer,
    private readonly marks: Marks,
    private readonly prefix: string,
  ) {}

  get padding(): number {
    return this.marks.padding;
  }

  get largest(): number {
    return this.marks.largest;
  }

  private readonly normaliseOne = (letter: string): string => {
    let made = this.letters.get(letter);
    if (made === undefined) {
      made = this.library.normalizer ? this.library.normalizer.normalize(letter) : letter;
      if (this.letters.size < WordPieces.KEPT) this.letters.set(letter, made);
    }
    return made;
  };

  private split(normalised: string): readonly string[] {
    return this.library.pre_tokenizer?.pre_tokenize(normalised) ?? normalised.split(/\s+/u).filter(Boolean);
  }

  /** A word that no pieces make is one unknown piece as long as the word. */
  private piecesOf(word: string): Pieces {
    const known = this.words.get(word);
    if (known) return known;
    const tokens = this.library.tokenize(word, { add_special_tokens: false });
    const ids = tokens.map((token) => this.library.token_to_id(token)!);
    const lengths = tokens.map(
      (token) => (token.startsWith(this.prefix) ? token.slice(this.prefix.length) : token).length,
    );
    const fits = tokens.length > 0 && lengths.reduce((sum, length) => sum + length, 0) === word.length;
    const pieces = fits ? { ids, lengths } : { ids: ids.slice(0, 1), lengths: ids.slice(0, 1).map(() => word.length) };
    if (this.words.size >= WordPieces.KEPT) this.words.clear();
    this.words.set(word, pieces);
    return pieces;
  }

  encode(text: string, maximum = DEFAULT_MAXIMUM): EncodedText {
    const normalised = normalise(text, this.normaliseOne);
    const pieces = new PieceList(this.marks, maximum);
    let cursor = 0;
    for (const word of this.split(normalised.text)) {
      cursor = normalised.text.indexOf(word, cursor);
      const { ids, lengths } = this.piecesOf(word);
      ids.forEach((id, index) => {
        const end = cursor + lengths[index]!;
        pieces.add(id, normalised.starts[cursor]!, normalised.ends[end - 1]!);
        cursor = end;
      });
    }
    return pieces.finish();
  }

  encodeWords(words: readonly string[], maximum = DEFAULT_MAXIMUM): EncodedWords {
    const pieces = new PieceList(this.marks, maximum);
    const first = Int32Array.from(words, (word) => {
      const at = pieces.length;
      const ids = this.split(normalise(word, this.normaliseOne).text).flatMap((part) => this.piecesOf(part).ids);
      for (const id of ids) pieces.add(id, -1, -1);
      return pieces.length > at ? at : -1;
    });
    return { ids: pieces.finish().ids, first };
  }
}

class PieceList {
  private readonly ids: number[];
  private readonly starts: number[] = [-1];
  private readonly ends: number[] = [-1];
  private complete = true;

  constructor(
    private readonly marks: Marks,
    private readonly maximum: number,
  ) {
    this.ids = [marks.begin];
  }

  get length(): number {
    return this.ids.length;
  }

  add(id: number, start: number, end: number): void {
    // One place is kept for the mark of the end.
    if (this.ids.length >= this.maximum - 1) {
      this.complete = false;
      return;
    }
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
  }

  finish(): EncodedText {
    const [ids, starts, ends] = [
      [...this.ids, this.marks.end],
      [...this.starts, -1],
      [...this.ends, -1],
    ].map((list) => Int32Array.from(list));
    return { ids: ids!, starts: starts!, ends: ends!, complete: this.complete };
  }
}

/**
 * Reads tokenizer.json (WordPiece). Words are divided by `@huggingface/tokenizers` 0.2.0; character offsets, which that
 * library does not give, are found here. Marks such as `[SEP]` typed into a text are text, never marks.
 * @throws PipelineError `MALFORMED_FILE` for another kind of tokenizer or one without the marks of begin and end.
 */
export function loadTokenizer(bytes: Uint8Array): EncoderTokenizer {
  const { json, model } = parseFile(bytes);
  const idOf = (mark: string): number => {
    const id = model.vocab[mark];
    if (id !== undefined) return id;
    throw new PipelineError('MALFORMED_FILE', `the tokenizer's vocabulary has no ${mark}`);
  };
  const largest = Object.values(model.vocab).reduce((most, id) => Math.max(most, id), 0);
  const marks = { begin: idOf('[CLS]'), end: idOf('[SEP]'), padding: idOf('[PAD]'), largest };
  return new WordPieces(new Library(json, {}), marks, model.continuing_subword_prefix);
}
