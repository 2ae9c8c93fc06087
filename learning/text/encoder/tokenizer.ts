import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import { sum } from '../../numeric/statistics/sum.js';

/** A text as word pieces of the encoder's vocabulary, with the special tokens `[CLS]` and `[SEP]`. */
export interface EncodedText {
  /** (n,) piece ids. */
  readonly ids: Int32Array;
  /** (n,) start of each piece in the text, in UTF-16 code units; −1 for special tokens. */
  readonly starts: Int32Array;
  /** (n,) end of each piece, exclusive; −1 for special tokens. */
  readonly ends: Int32Array;
  /** False when pieces were cut off at the maximum length. */
  readonly complete: boolean;
}

/** Pre-split words as word pieces. */
export interface EncodedWords {
  readonly ids: Int32Array;
  /** (words,) position in `ids` of the word's first piece; −1 for a word cut off or without any piece. */
  readonly first: Int32Array;
}

/** Splits texts into the word pieces of an encoder. */
export interface EncoderTokenizer {
  /** Id of the padding piece. */
  readonly paddingId: number;
  /** Largest piece id. */
  readonly largestId: number;
  /** Encodes a text. @param maximum - pieces kept, special tokens included. @default 512 */
  encode(text: string, maximum?: number): EncodedText;
  /** Encodes pre-split words, each on its own. @param maximum - as in `encode`. */
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
    throw new PipelineError('MALFORMED_FILE', 'tokenizer.json is not of a WordPiece tokenizer', {}, { cause });
  }
}

/** A normalised text with the offsets of each of its code units in the original text. */
interface Normalised {
  readonly text: string;
  /** (length of text,) */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Normalises code point by code point, as the reference implementation does, and keeps the original offsets of the
 * result. A dropped combining mark extends the offsets of the character before it.
 */
function normalise(text: string, normaliseOne: (character: string) => string): Normalised {
  const starts: number[] = [];
  const ends: number[] = [];
  let result = '';
  let at = 0;
  for (const character of text) {
    const normalised = normaliseOne(character);
    const end = at + character.length;
    for (let i = 0; i < normalised.length; i++) {
      starts.push(at);
      ends.push(end);
    }
    if (normalised === '' && ends.length > 0 && /\p{Mn}/u.test(character)) ends[ends.length - 1] = end;
    result += normalised;
    at = end;
  }
  return { text: result, starts, ends };
}

/** Pieces of one word: ids, and lengths in code units of the normalised word. */
interface Pieces {
  readonly ids: readonly number[];
  readonly lengths: readonly number[];
}

interface SpecialTokens {
  readonly begin: number;
  readonly end: number;
  readonly padding: number;
  readonly largest: number;
}

/** The used part of `@huggingface/tokenizers`, whose own types do not resolve under Node's module rules. */
interface LibraryTokenizer {
  readonly normalizer: { normalize(text: string): string } | null;
  readonly pre_tokenizer: { pre_tokenize(text: string): string[] } | null;
  tokenize(text: string, options: { readonly add_special_tokens: boolean }): string[];
  token_to_id(token: string): number | undefined;
}

const Library = Tokenizer as unknown as new (json: object, config: object) => LibraryTokenizer;

class WordPieceTokenizer implements EncoderTokenizer {
  private readonly normalisedCharacters = new Map<string, string>();
  private readonly words = new Map<string, Pieces>();
  /** Maximum number of entries of each cache. */
  private static readonly CACHE_SIZE = 50_000;

  constructor(
    private readonly library: LibraryTokenizer,
    private readonly specialTokens: SpecialTokens,
    private readonly prefix: string,
  ) {}

  get paddingId(): number {
    return this.specialTokens.padding;
  }

  get largestId(): number {
    return this.specialTokens.largest;
  }

  private readonly normaliseOne = (character: string): string => {
    let normalised = this.normalisedCharacters.get(character);
    if (normalised === undefined) {
      normalised = this.library.normalizer ? this.library.normalizer.normalize(character) : character;
      if (this.normalisedCharacters.size < WordPieceTokenizer.CACHE_SIZE)
        this.normalisedCharacters.set(character, normalised);
    }
    return normalised;
  };

  private split(normalised: string): readonly string[] {
    return this.library.pre_tokenizer?.pre_tokenize(normalised) ?? normalised.split(/\s+/u).filter(Boolean);
  }

  /** The pieces of a word; a word outside the vocabulary is one unknown piece of the word's length. */
  private piecesOf(word: string): Pieces {
    const known = this.words.get(word);
    if (known) return known;
    const tokens = this.library.tokenize(word, { add_special_tokens: false });
    const ids = tokens.map((token) => this.library.token_to_id(token)!);
    const lengths = tokens.map(
      (token) => (token.startsWith(this.prefix) ? token.slice(this.prefix.length) : token).length,
    );
    const coversWord = tokens.length > 0 && sum(lengths) === word.length;
    const unknown = { ids: ids.slice(0, 1), lengths: ids.slice(0, 1).map(() => word.length) };
    const pieces = coversWord ? { ids, lengths } : unknown;
    if (this.words.size >= WordPieceTokenizer.CACHE_SIZE) this.words.clear();
    this.words.set(word, pieces);
    return pieces;
  }

  encode(text: string, maximum = DEFAULT_MAXIMUM): EncodedText {
    const normalised = normalise(text, this.normaliseOne);
    const pieces = new PieceList(this.specialTokens, maximum);
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
    const pieces = new PieceList(this.specialTokens, maximum);
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
    private readonly specialTokens: SpecialTokens,
    private readonly maximum: number,
  ) {
    this.ids = [specialTokens.begin];
  }

  get length(): number {
    return this.ids.length;
  }

  add(id: number, start: number, end: number): void {
    // The last position is reserved for [SEP].
    if (this.ids.length >= this.maximum - 1) {
      this.complete = false;
      return;
    }
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
  }

  finish(): EncodedText {
    return {
      ids: Int32Array.from([...this.ids, this.specialTokens.end]),
      starts: Int32Array.from([...this.starts, -1]),
      ends: Int32Array.from([...this.ends, -1]),
      complete: this.complete,
    };
  }
}

/**
 * Reads tokenizer.json (WordPiece). Words are split by `@huggingface/tokenizers` 0.2.0; character offsets, which that
 * library lacks, are computed here. Special tokens such as `[SEP]` inside a text are encoded as plain text.
 * @throws PipelineError `MALFORMED_FILE` for another type of tokenizer or a vocabulary without the special tokens.
 */
export function loadTokenizer(bytes: Uint8Array): EncoderTokenizer {
  const { json, model } = parseFile(bytes);
  const idOf = (token: string): number => {
    const id = model.vocab[token];
    if (id !== undefined) return id;
    throw new PipelineError('MALFORMED_FILE', `the tokenizer's vocabulary has no ${token}`);
  };
  const largest = Object.values(model.vocab).reduce((most, id) => Math.max(most, id), 0);
  const specialTokens = { begin: idOf('[CLS]'), end: idOf('[SEP]'), padding: idOf('[PAD]'), largest };
  return new WordPieceTokenizer(new Library(json, {}), specialTokens, model.continuing_subword_prefix);
}
