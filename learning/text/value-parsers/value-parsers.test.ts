import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIsoDate } from '../../time-series/calendar/index.js';
import {
  findIdentifiers,
  isAadhaar,
  isCard,
  isIban,
  isIfsc,
  isPan,
  passesLuhn,
  passesVerhoeff,
  readAmount,
  readDate,
  readNumber,
} from './index.js';

const withCheckDigit = (digits: string, passes: (text: string) => boolean): string =>
  Array.from({ length: 10 }, (_, digit) => digits + String(digit)).find(passes)!;

describe('checksums', () => {
  it('accept and reject published examples', () => {
    expect(passesLuhn('79927398713')).toBe(true);
    expect(passesLuhn('79927398710')).toBe(false);
    expect(passesVerhoeff('2363')).toBe(true);
    expect(passesVerhoeff('2364')).toBe(false);
    expect(isCard('4111111111111111')).toBe(true);
    expect(isIban('GB82WEST12345698765432')).toBe(true);
    expect(isIban('GB82WEST12345698765433')).toBe(false);
    expect(isPan('ABCPE1234F')).toBe(true);
    expect(isPan('ABCDE1234F')).toBe(false);
    expect(isIfsc('HDFC0001234')).toBe(true);
    expect(isIfsc('HDFC1001234')).toBe(false);
  });

  it('detect every wrong digit and, by Verhoeff, every adjacent transposition', () => {
    const number = fc.stringMatching(/^[2-9]\d{10}$/).map((digits) => withCheckDigit(digits, passesVerhoeff));
    fc.assert(
      fc.property(number, fc.nat(11), fc.integer({ min: 1, max: 9 }), (digits, at, shift) => {
        expect(isAadhaar(digits)).toBe(true);
        const wrong = (Number(digits[at]) + shift) % 10;
        expect(passesVerhoeff(digits.slice(0, at) + String(wrong) + digits.slice(at + 1))).toBe(false);
        const next = Math.min(at, 10);
        if (digits[next] === digits[next + 1]) return;
        const swapped = digits.slice(0, next) + digits[next + 1]! + digits[next]! + digits.slice(next + 2);
        expect(passesVerhoeff(swapped)).toBe(false);
      }),
    );
  });
});

describe('findIdentifiers', () => {
  it('finds valid identifiers only, with UTF-16 offsets', () => {
    const aadhaar = withCheckDigit('23412341234', passesVerhoeff);
    const spaced = aadhaar.replace(/(\d{4})(?=\d)/g, '$1 ');
    const text = `😀 pay ravi.k@okaxis, PAN abcpe1234f, HDFC0001234, card 4111-1111-1111-1111, ${spaced}, mail a@b.com 4111111111111112`;
    const found = findIdentifiers(text);
    expect(found.map(({ type }) => type)).toEqual(['UPI_ID', 'PAN', 'IFSC', 'CARD', 'AADHAAR']);
    expect(text.slice(found[0]!.start, found[0]!.end)).toBe('ravi.k@okaxis');
    const values = ['ravi.k@okaxis', 'ABCPE1234F', 'HDFC0001234', '4111111111111111', aadhaar];
    expect(found.map(({ value }) => value)).toEqual(values);
  });

  it.each([
    ['an IBAN followed by words', 'GB82 WEST 1234 5698 7654 32 is my iban please pay', 'GB82WEST12345698765432'],
    ['an IBAN of an unknown country', 'XX82WEST12345698765432', null],
    ['an IBAN with one character too many', 'GB82WEST123456987654321', null],
    ['a card followed by its expiry date', '4111 1111 1111 1111 12/27', '4111111111111111'],
    ['a card after an amount', 'pay 500 4111 1111 1111 1111', '4111111111111111'],
    ['an American Express card', '3782 822463 10005', '378282246310005'],
    ['full-width digits', 'card ４１１１ １１１１ １１１１ １１１１', '4111111111111111'],
    ['Devanagari digits', 'आधार २३४१ २३४१ २३४६', '234123412346'],
    ['a UPI id in a statement', 'UPI-BIG BASKET-bigbasket@okicici-ICIC0727929', 'bigbasket@okicici'],
    ['a UPI id after a name', 'UPI-AJIO-ajio@kotak-KKBK0177556', 'ajio@kotak'],
    ['a UPI id after a name with an ambiguous hyphen', 'UPI-RAHUL-rahul-k@okaxis', null],
    ['a UPI id with a hyphen', 'pay rahul-k@okaxis', 'rahul-k@okaxis'],
    ['a number of no card issuer', '9111111111111111', null],
    ['a telephone number', '+234123412346', null],
    ['a reference', 'UPI ref no: 234123412346', null],
    ['a statement line', 'UPI/DR/234123412346/STORE', null],
    ['an account', 'account number 4111111111111111', null],
    ['a card after the word transaction', 'transaction of card 4111111111111111', '4111111111111111'],
  ])('%s', (_, text, value) => {
    expect(
      findIdentifiers(text)
        .map((found) => found.value)
        .filter((found) => !/^[A-Z]{4}0/.test(found)),
    ).toEqual(value === null ? [] : [value]);
  });

  it('returns [] for long repetitive texts in linear time', () => {
    for (const text of [
      '1 '.repeat(50_000),
      'a'.repeat(100_000),
      '@'.repeat(50_000),
      'GB82'.repeat(20_000),
      'GB82 '.repeat(20_000),
      '1'.repeat(100_000),
    ])
      expect(findIdentifiers(text)).toEqual([]);
  });
});

describe('readNumber and readAmount', () => {
  it.each([
    ['1.5 lakh', 150_000, 'INR'],
    ['₹2,50,000', 250_000, 'INR'],
    ['Rs. 500/-', 500, 'INR'],
    ['rs.4200', 4200, 'INR'],
    ['INR 12,34,567.50', 1_234_567.5, 'INR'],
    ['2.5k', 2500, 'INR'],
    ['500rs', 500, 'INR'],
    ['950 rupees', 950, 'INR'],
    ['dhai hazaar rupaye', 2500, 'INR'],
    ['sadhe teen lakh', 350_000, 'INR'],
    ['दो हजार रुपये', 2000, 'INR'],
    ['two hundred and fifty dollars', 250, 'USD'],
    ['$1,200.75', 1200.75, 'USD'],
    ['£600', 600, 'GBP'],
    ['twenty five thousand', 25_000, 'INR'],
    ['two hundred thousand pounds', 200_000, 'GBP'],
    ['1 crore 20 lakh', 12_000_000, 'INR'],
    ['€ 99', 99, 'EUR'],
    ['₹1.5L', 150_000, 'INR'],
    ['₹50 K', 50_000, 'INR'],
    ['€1.234,56', 1234.56, 'EUR'],
    ['1 000', 1000, 'INR'],
    ['२,५०० रुपये', 2500, 'INR'],
    ['half a lakh', 50_000, 'INR'],
    ['one and a half lakh', 150_000, 'INR'],
    ['2½ lakh', 250_000, 'INR'],
    ['.5 lakh', 50_000, 'INR'],
    ['paune do lakh', 175_000, 'INR'],
    ['सवा लाख', 125_000, 'INR'],
    ['pandrah sau', 1500, 'INR'],
    ['1 lakh crore', 1e12, 'INR'],
    ['₹2.5 lakh crore', 2.5e12, 'INR'],
    ['-500', -500, 'INR'],
    ['5 rupees 50 paise', 5.5, 'INR'],
    ['50 paise', 0.5, 'INR'],
    ['US$ 20', 20, 'USD'],
    ['S$50', 50, 'SGD'],
    ['AED 500', 500, 'AED'],
    ['\u202e005\u202c', 5, 'INR'],
  ])('%s is %d %s', (text, amount, currency) => {
    expect(readAmount(text)).toEqual({ kind: 'amount', amount, currency });
  });

  it.each([
    '',
    'rupees',
    'yesterday',
    '12/03/2026',
    'constructor',
    '₹',
    'x'.repeat(500),
    '500 to 1000',
    '500-1000',
    '500 1000',
    'five six',
    '20 lakh 1 crore',
    '1,0000',
    'sadhe',
    '1e5',
    '9'.repeat(20),
  ])('%j is not an amount', (text) => {
    expect(readAmount(text)).toBeNull();
  });

  it('parses every number in Western and Indian grouping', () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), (value) => {
        expect(readNumber(String(value))).toBe(value);
        expect(readNumber(value.toLocaleString('en-US'))).toBe(value);
        expect(readNumber(String(value).replace(/(\d)(?=(\d\d)+\d$)/g, '$1,'))).toBe(value);
      }),
    );
  });
});

describe('readDate', () => {
  // A Wednesday.
  const today = '2026-01-14';
  it.each([
    ['today', '2026-01-14', '2026-01-14'],
    ['yesterday', '2026-01-13', '2026-01-13'],
    ['next Friday', '2026-01-16', '2026-01-16'],
    ['last Friday', '2026-01-09', '2026-01-09'],
    ['next Wednesday', '2026-01-21', '2026-01-21'],
    ['friday', '2026-01-16', '2026-01-16'],
    ['last month', '2025-12-01', '2025-12-31'],
    ['next week', '2026-01-19', '2026-01-25'],
    ['last weekend', '2026-01-10', '2026-01-11'],
    ['this year', '2026-01-01', '2026-12-31'],
    ['12/03/2026', '2026-03-12', '2026-03-12'],
    ['01NOV25', '2025-11-01', '2025-11-01'],
    ['5 March', '2026-03-05', '2026-03-05'],
    ['28 December', '2025-12-28', '2025-12-28'],
    ['Dec 3', '2025-12-03', '2025-12-03'],
    ['March 2025', '2025-03-01', '2025-03-31'],
    ['21st of May, 2024', '2024-05-21', '2024-05-21'],
    ['3 din pehle', '2026-01-11', '2026-01-11'],
    ['two weeks ago', '2025-12-31', '2025-12-31'],
    ['last 3 months', '2025-10-14', '2026-01-14'],
    ['pichle mahine', '2025-12-01', '2025-12-31'],
    ['2026-02-28', '2026-02-28', '2026-02-28'],
    ['in 2 days', '2026-01-16', '2026-01-16'],
    ['tomorrow morning', '2026-01-15', '2026-01-15'],
    ['last night', '2026-01-13', '2026-01-13'],
    ['next Friday at 5 pm', '2026-01-16', '2026-01-16'],
    ['end of the month', '2026-01-31', '2026-01-31'],
    ['beginning of next month', '2026-02-01', '2026-02-01'],
    ['the 5th', '2026-01-05', '2026-01-05'],
    ['31st', '2025-12-31', '2025-12-31'],
    ['25th of last month', '2025-12-25', '2025-12-25'],
    ['Monday next week', '2026-01-19', '2026-01-19'],
    ['Friday, the 16th of October 2026', '2026-10-16', '2026-10-16'],
    ['Jan the 19th', '2026-01-19', '2026-01-19'],
    ["Jan'25", '2025-01-01', '2025-01-31'],
    ['31/12', '2025-12-31', '2025-12-31'],
    ['past week', '2026-01-07', '2026-01-14'],
    ['half a year ago', '2025-07-14', '2025-07-14'],
    ['a fortnight ago', '2025-12-31', '2025-12-31'],
    ['after 15 days', '2026-01-29', '2026-01-29'],
    ['2 weeks later', '2026-01-28', '2026-01-28'],
    ['in the next 3 days', '2026-01-14', '2026-01-17'],
    ['1 to 5 March', '2026-03-01', '2026-03-05'],
    ['from 28 December to 3 January', '2025-12-28', '2026-01-03'],
    ['1 march se 5 march tak', '2026-03-01', '2026-03-05'],
    ['FY 2024-25', '2024-04-01', '2025-03-31'],
    ['FY25', '2024-04-01', '2025-03-31'],
    ['अगले शुक्रवार', '2026-01-16', '2026-01-16'],
    ['पिछले महीने', '2025-12-01', '2025-12-31'],
    ['५ मार्च', '2026-03-05', '2026-03-05'],
    ['agle somwar', '2026-01-19', '2026-01-19'],
  ])('%s is %s to %s', (text, from, to) => {
    expect(readDate(text, today)).toEqual({ kind: 'date', from, to });
  });

  it.each([
    ['1st to 5th March', '2026-01-14', '2026-03-01', '2026-03-05'],
    ['from the 1st to the 5th of next month', '2026-01-14', '2026-02-01', '2026-02-05'],
    ['Monday to Friday next week', '2026-01-12', '2026-01-19', '2026-01-23'],
    ['Jan to March 2025', '2024-11-23', '2025-01-01', '2025-03-31'],
    ['Jan-Mar 2025', '2026-11-23', '2025-01-01', '2025-03-31'],
    ['Nov to Jan 2025', '2026-11-23', '2024-11-01', '2025-01-31'],
    ['1 March to 5 April 2025', '2024-08-15', '2025-03-01', '2025-04-05'],
    ['5/3 to 10/4/2025', '2024-08-15', '2025-03-05', '2025-04-10'],
    ['today to 5 March 2026', '2026-01-14', '2026-01-14', '2026-03-05'],
    ['Monday to 5 March 2026', '2026-01-14', '2026-01-19', '2026-03-05'],
  ])('%s, on %s, completes the start from the end: %s to %s', (text, reference, from, to) => {
    expect(readDate(text, reference)).toEqual({ kind: 'date', from, to });
  });

  it.each([
    '',
    '30/02/2026',
    'lakh',
    'someday',
    '99 March',
    'x'.repeat(200),
    'marching',
    'kal',
    'कल',
    'parso',
    'Q3 2025',
    '5 March to 1 March',
    'in 9999 years',
    '15 days',
    'for a week',
    'half a month ago',
    'dedh mahine pehle',
    'two weekends ago',
    'FY 2024-27',
    '0000-01-01',
  ])('%j is not a date', (text) => {
    expect(readDate(text, today)).toBeNull();
  });

  it('returns null or a valid ordered range for any text', () => {
    const words = fc.constantFrom(...'next last end of month the 5th 31 feb to friday 2026 in - a years'.split(' '));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 7 }), (parts) => {
        const found = readDate(parts.join(' '), today);
        if (found === null) return;
        expect(parseIsoDate(found.from)).not.toBeNull();
        expect(parseIsoDate(found.to)!).toBeGreaterThanOrEqual(parseIsoDate(found.from)!);
      }),
    );
  });

  it('returns null for an invalid reference day', () => {
    expect(readDate('today', '2026-02-30')).toBeNull();
  });
});
