import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAddressesAndAccounts, findIdentifiers } from './identifiers.js';
import { maskIdentifiers, maskParts } from './mask.js';

describe('maskIdentifiers', () => {
  it.each([
    ['pay with 4111 1111 1111 1111 now', 'pay with **** **** **** **** now'],
    ['PAN ABCPE1234F', 'PAN **********'],
    ['send 500 to asha.rao@okaxis', 'send 500 to ****.***@******'],
    ['mail a.b@example.org please', 'mail *.*@*******.*** please'],
    ['from a/c no. XX1234-5678', 'from a/c no. ******-****'],
    ['IBAN GB82 WEST 1234 5698 7654 32', 'IBAN **** **** **** **** **** **'],
  ])('hides the identifier in "%s" and keeps the length', (text, masked) => {
    expect(maskIdentifiers(text).text).toBe(masked);
  });

  it.each(['spent 4500 on food', '2026-11-30T10:25:00+05:30', 'u000001', '', 'Zoë paid ₹1,200'])(
    'leaves "%s" as it is',
    (text) => expect(maskIdentifiers(text)).toEqual({ text, found: [] }),
  );

  it('reports what it hid, as it stood and without blanks', () => {
    expect(maskIdentifiers('card 4111-1111-1111-1111').found).toEqual(['4111-1111-1111-1111', '4111111111111111']);
  });

  it('finds all that the parsers find', () => {
    const word = fc.constantFrom('a/c', 'acct', 'account no', 'XX', '4111', '1111', 'ABCPE1234F', 'HDFC0ABCDEF', 'GB82', 'WEST', '12345698765432', 'x.y@okaxis', 'ref', '२३४५', '-', '.'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom('', ' ', '-'), (words, blank) => {
        const text = words.join(blank);
        const spans = [...findIdentifiers(text), ...findAddressesAndAccounts(text)];
        expect(maskIdentifiers(text).found).toHaveLength(2 * spans.length);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the length of every text and leaves no identifier', () => {
    const part = fc.oneof(fc.constantFrom('4111 1111 1111 1111', 'ABCPE1234F', 'x.y@okaxis', 'a/c 123456'), fc.string({ unit: 'grapheme' })); // prettier-ignore
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join(' ');
        const masked = maskIdentifiers(text).text;
        expect(masked).toHaveLength(text.length);
        expect(findIdentifiers(masked).filter(({ type }) => type === 'CARD' || type === 'PAN')).toEqual([]);
      }),
    );
  });
});

it('hides given parts wherever they stand', () => {
  expect(maskParts('12-34 and 12-34', ['12-34', ''])).toBe('**-** and **-**');
});
