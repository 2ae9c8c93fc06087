import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinyTokenizer } from '../../../tests/support/tiny-encoder.js';
import { loadTokenizer } from './tokenizer.js';

const file = tinyTokenizer();
const tokenizer = loadTokenizer(file);
const library = new (
  Tokenizer as unknown as new (
    json: object,
    config: object,
  ) => {
    encode(text: string): { ids: number[] };
    id_to_token(id: number): string;
  }
)(JSON.parse(Buffer.from(file).toString()) as object, {});

/** Each piece with the part of the text that it covers. */
const piecesOf = (text: string): string[] => {
  const { ids, starts, ends } = tokenizer.encode(text);
  return Array.from(ids, (id, i) => `${library.id_to_token(id)}=${text.slice(starts[i], ends[i])}`).slice(1, -1);
};

describe('encode', () => {
  it.each([
    ['Pay my BILL', ['pay=Pay', 'my=my', 'bill=BILL']],
    ['paying', ['pay=pay', '##ing=ing']],
    ['ábé', ['a=á', '##b=b', '##e=é']],
    ['a\u0301b', ['a=a\u0301', '##b=b']],
    ['is 😀 my', ['is=is', '[UNK]=😀', 'my=my']],
    ['👩\u200d👩\u200d👧 my', ['[UNK]=👩\u200d👩\u200d👧', 'my=my']],
    // ₹ is a currency sign, which BERT does not split off as punctuation: "₹1" is one word.
    ['₹1,50', ['₹=₹', '##1=1', ',=,', '5=5', '##0=0']],
    ['card中my', ['card=card', '中=中', 'my=my']],
    ['to\u0000\u200dmy', ['to=to', '##m=m', '##y=y']],
    ['x\u00a0\tx', ['x=x', 'x=x']],
    ['[SEP] is', ['[=[', 's=S', '##e=E', '##p=P', ']=]', 'is=is']],
    ['مرحبا my', ['[UNK]=مرحبا', 'my=my']],
  ])('gives the offsets of each piece in %j', (text, expected) => {
    expect(piecesOf(text)).toEqual(expected);
  });

  it('gives the ids of @huggingface/tokenizers for any text', () => {
    const words = fc.constantFrom(
      'pay',
      'Bill',
      'xyz',
      '12.50',
      'café',
      'naïve',
      '😀',
      '中文',
      '-',
      '\t',
      'transferring',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const text = parts.join(' ');
        expect([...tokenizer.encode(text).ids]).toEqual(library.encode(text).ids);
      }),
    );
  });

  it('gives ordered offsets outside surrogate pairs for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        const { ids, starts, ends } = tokenizer.encode(text);
        expect(starts).toHaveLength(ids.length);
        for (let i = 1; i < ids.length - 1; i++) {
          expect(ends[i]).toBeGreaterThan(starts[i]!);
          expect(ends[i]).toBeLessThanOrEqual(text.length);
          if (i > 1) expect(starts[i]).toBeGreaterThanOrEqual(starts[i - 1]!);
          // No piece starts inside a surrogate pair.
          expect(
            /^[\udc00-\udfff]/.test(text.slice(starts[i])) && /[\ud800-\udbff]$/.test(text.slice(0, starts[i])),
          ).toBe(false);
        }
      }),
    );
  });

  it('truncates long texts and keeps [SEP]', () => {
    const long = tokenizer.encode('pay '.repeat(1000), 8);
    expect(long).toMatchObject({ complete: false });
    expect(long.ids).toHaveLength(8);
    expect(long.ids.at(-1)).toBe(tokenizer.encode('').ids.at(-1));
    expect(tokenizer.encode('pay my bill', 8).complete).toBe(true);
  });

  it('encodes a megabyte without spaces as one unknown piece', () => {
    expect(tokenizer.encode('a'.repeat(2 ** 20), 16).ids).toHaveLength(3);
  });
});

describe('encodeWords', () => {
  it('gives the position of the first piece of every word', () => {
    const { ids, first } = tokenizer.encodeWords(['paying', 'my', '\u200d', 'bill'], 16);
    expect(first).toEqual(Int32Array.of(1, 3, -1, 4));
    expect(library.id_to_token(ids[4]!)).toBe('bill');
  });

  it('gives −1 for words that were cut off', () => {
    expect(tokenizer.encodeWords(['pay', 'my', 'bill'], 4).first).toEqual(Int32Array.of(1, 2, -1));
  });
});

describe('loadTokenizer', () => {
  const changed = (change: (model: { type: string; vocab: Record<string, number> }) => void): Uint8Array => {
    const json = JSON.parse(Buffer.from(file).toString()) as { model: { type: string; vocab: Record<string, number> } };
    change(json.model);
    return Buffer.from(JSON.stringify(json));
  };
  it.each([
    ['a file that is not JSON', Buffer.from('{')],
    ['another type of tokenizer', changed((model) => (model.type = 'BPE'))],
    ['a vocabulary without [SEP]', changed(({ vocab }) => Reflect.deleteProperty(vocab, '[SEP]'))],
  ])('throws MALFORMED_FILE for %s', (_, bytes) => {
    expect(() => loadTokenizer(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED_FILE' }) as Error);
  });
});
