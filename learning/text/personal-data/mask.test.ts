import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAddressesAndAccounts, findIdentifiers } from '../value-parsers/index.js';
import { findPersonalData, findPersonalNumbers } from './find.js';
import { maskNumbers, maskParts, maskWithTokens } from './mask.js';

describe('maskNumbers', () => {
  it.each([
    ['pay with 4111 1111 1111 1111 now', 'pay with **** **** **** **** now'],
    ['PAN ABCPE1234F', 'PAN **********'],
    ['send 500 to asha.rao@okaxis', 'send 500 to ****.***@******'],
    ['mail a.b@example.org please', 'mail *.*@*******.*** please'],
    ['from a/c no. XX1234-5678', 'from a/c no. ******-****'],
    ['call me on +91 98765-43210', 'call me on +** *****-*****'],
    ['from 10.1.255.3 today', 'from **.*.***.* today'],
    ['IBAN GB82 WEST 1234 5698 7654 32', 'IBAN **** **** **** **** **** **'],
  ])('hides the identifier in "%s" and keeps the length', (text, masked) => {
    expect(maskNumbers(text).text).toBe(masked);
  });

  it.each([
    'spent 4500 on food',
    '2026-11-30T10:25:00+05:30',
    '2026-11-30',
    '2026-11-30 10:25:00.123Z',
    'u000001',
    '',
    'Zoë paid ₹1,200',
    'ref 9876543210',
  ])('leaves "%s" as it is', (text) => expect(maskNumbers(text)).toEqual({ text, found: [] }));

  it('reports what it hid, as it stood and without blanks', () => {
    expect(maskNumbers('card 4111-1111-1111-1111').found).toEqual(['4111-1111-1111-1111', '4111111111111111']);
  });

  it('finds all that the parsers find', () => {
    const word = fc.constantFrom('a/c', 'acct', 'account no', 'XX', '4111', '1111', 'ABCPE1234F', 'HDFC0ABCDEF', 'GB82', 'WEST', '12345698765432', 'x.y@okaxis', 'ref', '२३४५', '-', '.'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.constantFrom('', ' ', '-'), (words, blank) => {
        const text = words.join(blank);
        expect(maskNumbers(text).found).toHaveLength(2 * findPersonalNumbers(text).length);
        const covered = findPersonalNumbers(text);
        for (const { start, end } of [...findIdentifiers(text), ...findAddressesAndAccounts(text)])
          expect(covered.some((span) => span.start < end && start < span.end)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the length of every text and leaves no identifier', () => {
    const part = fc.oneof(fc.constantFrom('4111 1111 1111 1111', 'ABCPE1234F', 'x.y@okaxis', 'a/c 123456'), fc.string({ unit: 'grapheme' })); // prettier-ignore
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join(' ');
        const masked = maskNumbers(text).text;
        expect(masked).toHaveLength(text.length);
        expect(findIdentifiers(masked).filter(({ type }) => type === 'CARD' || type === 'PAN')).toEqual([]);
      }),
    );
  });
});

it('hides given parts wherever they stand', () => {
  expect(maskParts('12-34 and 12-34', ['12-34', ''])).toBe('**-** and **-**');
});

describe('maskWithTokens', () => {
  it.each([
    ['Dear Mr. Rahul Sharma, your PAN is ABCPE1234F', 'Dear Mr. [NAME], your PAN is [PAN]'],
    ['my name is Asha Rao, call 98765 43210. Asha', 'my name is [NAME], call [PHONE]. [NAME]'],
    ['UPI-RAHUL SHARMA-rahul@okaxis-HDFC0123456-123456789012-UPI', 'UPI-[NAME]-[UPI_ID]-[IFSC]-123456789012-UPI'],
    ['UPI/DR/123456789012/ASHA RAO/HDFC/asha@ybl', 'UPI/DR/123456789012/[NAME]/HDFC/[UPI_ID]'],
    ['NEFT-HDFCN123456789-ASHA RAO-02JAN26', 'NEFT-HDFCN123456789-[NAME]-02JAN26'],
    ['ACH D- ASHA RAO-1234567890', 'ACH D- [NAME]-1234567890'],
    ['send it to Flat 12, Rose Apartments, Andheri, Mumbai 400053 please', 'send it to [ADDRESS] please'],
    ['I live at 22 M G Road, Bengaluru 560001.', 'I live at [ADDRESS].'],
    ['spent ₹4,500 on 12-05-2026 at Big Bazaar', 'spent ₹4,500 on 12-05-2026 at Big Bazaar'],
  ])('masks "%s"', (text, masked) => expect(maskWithTokens(text)).toBe(masked));

  it('keeps everything between the spans, and masks nothing twice', () => {
    const part = fc.oneof(fc.constantFrom('Mr Rahul', 'ABCPE1234F', 'x.y@okaxis', '+91 9876543210', '12 Hill Road, Pune 411001', 'a/c 123456'), fc.string({ unit: 'grapheme' })); // prettier-ignore
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join(' ');
        const spans = findPersonalData(text);
        expect(spans).toEqual(spans.toSorted((a, b) => a.start - b.start));
        for (const [i, { start }] of spans.entries()) expect(start).toBeGreaterThanOrEqual(spans[i - 1]?.end ?? 0);
        const rest = spans.reduceRight((left, { start, end }) => left.slice(0, start) + left.slice(end), text);
        const masked = maskWithTokens(text);
        expect(spans.reduce((left, { type }) => left.replace(`[${type}]`, ''), masked)).toBe(rest);
      }),
    );
  });
});
