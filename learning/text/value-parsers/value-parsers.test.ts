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
    // Bank lines: Cr and Dr mark credit and debit; after a small or round number Cr is crore.
    ['Rs 1,00,000.00 Cr', 100_000, 'INR'],
    ['Rs.2000.00Cr', 2000, 'INR'],
    ['1,024.00(Cr)', 1024, 'INR'],
    ['INR 500.00 Dr.', 500, 'INR'],
    ['Rs.1,00,000/-Cr', 100_000, 'INR'],
    ['Rs.45000/pm', 45_000, 'INR'],
    ['Cr 75.00', 75, 'INR'],
    ['Rs 5 Cr', 5e7, 'INR'],
    ['1.25 cr', 12_500_000, 'INR'],
    // Several scales.
    ['Rs 1 lakh 20 thousand', 120_000, 'INR'],
    ['three thousand and five rupees', 3005, 'INR'],
    ['two point five lakh', 250_000, 'INR'],
    ['do dashamlav paanch lakh rupaye', 250_000, 'INR'],
    ['one point two five crore', 12_500_000, 'INR'],
    ['1 crore 25 lakh', 12_500_000, 'INR'],
    ['ek crore pachas lakh', 15_000_000, 'INR'],
    ['₹20 lakh crore', 2e13, 'INR'],
    ['$50 trillion', 5e13, 'USD'],
    ['10 lakh 5 hundred', 1_000_500, 'INR'],
    ['a lakh', 100_000, 'INR'],
    ['a hundred and one rupees', 101, 'INR'],
    ['quarter of a crore', 2_500_000, 'INR'],
    ['ek hazaar ek rupaye', 1001, 'INR'],
    ['sattais sau', 2700, 'INR'],
    ['sava lakh', 125_000, 'INR'],
    ['sava paanch sau', 525, 'INR'],
    ['एक करोड़ पच्चीस लाख', 12_500_000, 'INR'],
    // Rates: the amount for one.
    ['₹999/month', 999, 'INR'],
    ['45000 p.m.', 45_000, 'INR'],
    ['2,500 pm', 2500, 'INR'],
    ['Rs 12,00,000 p.a.', 1_200_000, 'INR'],
    ['12 LPA', 1_200_000, 'INR'],
    ['Rs 104.50 per litre', 104.5, 'INR'],
    ['Rs 5,500/- per quarter', 5500, 'INR'],
    ['$15 per user per month', 15, 'USD'],
    ['500 rupaye mahina', 500, 'INR'],
    // Smaller units and other currencies.
    ['seventy five paise', 0.75, 'INR'],
    ['Rs 5 and 50 paise', 5.5, 'INR'],
    ['5 euros 20 cents', 5.2, 'EUR'],
    ['50 Singapore dollars', 50, 'SGD'],
    ['75 swiss francs', 75, 'CHF'],
    ['40 kuwaiti dinars', 40, 'KWD'],
    ['1.500 KWD', 1.5, 'KWD'],
    ['1200 baht', 1200, 'THB'],
    ['500 won', 500, 'KRW'],
    ['100 rubles', 100, 'RUB'],
    ['$5 USD', 5, 'USD'],
    ['NPR Rs 500', 500, 'NPR'],
    ['TRY 500', 500, 'TRY'],
    ['1 234 567 €', 1_234_567, 'EUR'],
    ['1\u202f234 €', 1234, 'EUR'],
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
    // Two readings.
    'lakhs of rupees',
    'hundreds of rupees',
    'Rs Cr',
    'k',
    'do lakh pachas',
    'two lakh fifty',
    'two lakh and fifty',
    '1 lakh 20',
    'ek crore pachas',
    'do dhai lakh',
    'ek dedh lakh',
    'sau do sau',
    'sau pachas',
    'das bees hazaar',
    '5k 50',
    '1 crore 150 lakh',
    'Rs 2.50 Cr',
    'Rs 5,000 Cr',
    '500 600 rs',
    'Rs 1 234.50',
    'EUR 1.500',
    'Rs 1,50',
    'USD 5 EUR',
    '₹500 $6',
    '5 dollars 50 paise',
    'twenty rupees five',
    '50 cents',
    '200 riyals',
    // No amounts.
    '5 pm',
    '5 per cent',
    'try 500',
    'won 500',
    'Rs 500+',
    '1.5 lakh 20 thousand',
    'three thousand five',
    'teen hazaar paanch rupaye',
    'two point five five five lakh',
    'point five lakh',
    'Rs 500-',
    '123456789012345678',
  ])('%j is not an amount', (text) => {
    expect(readAmount(text)).toBeNull();
  });

  it('reads Cr as a credit in a bank line only', () => {
    expect(readAmount('250.00 Cr')).toBeNull();
    expect(readAmount('250.00 Cr', 'INR', { before: 'Avl Bal ' })).toMatchObject({ amount: 250 });
    expect(readAmount('5,000 Cr', 'INR', { before: 'NEFT to a/c 12 ' })).toMatchObject({ amount: 5000 });
    expect(readAmount('5 Cr', 'INR', { before: 'we raised ' })).toMatchObject({ amount: 5e7 });
    expect(readAmount('250 Cr', 'INR', { before: 'Avl Bal ' })).toBeNull();
  });

  it('reads the currency beside an amount without one', () => {
    expect(readAmount('500', 'INR', { after: ' euros' })).toMatchObject({ amount: 500, currency: 'EUR' });
    expect(readAmount('500', 'INR', { after: ' Singapore dollars.' })).toMatchObject({ currency: 'SGD' });
    expect(readAmount('500', 'INR', { before: 'USD ', after: ' EUR' })).toBeNull();
    expect(readAmount('5', 'INR', { after: '% interest' })).toBeNull();
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
    ['last month', '2025-12-01', '2025-12-31'],
    ['next week', '2026-01-19', '2026-01-25'],
    ['last weekend', '2026-01-10', '2026-01-11'],
    ['this year', '2026-01-01', '2026-12-31'],
    ['12/03/2026', '2026-03-12', '2026-03-12'],
    ['01NOV25', '2025-11-01', '2025-11-01'],
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
    ['25th of last month', '2025-12-25', '2025-12-25'],
    ['Monday next week', '2026-01-19', '2026-01-19'],
    ['Friday, the 16th of October 2026', '2026-10-16', '2026-10-16'],
    ["Jan'25", '2025-01-01', '2025-01-31'],
    ['past week', '2026-01-07', '2026-01-14'],
    ['half a year ago', '2025-07-14', '2025-07-14'],
    ['a fortnight ago', '2025-12-31', '2025-12-31'],
    ['after 15 days', '2026-01-29', '2026-01-29'],
    ['2 weeks later', '2026-01-28', '2026-01-28'],
    ['in the next 3 days', '2026-01-14', '2026-01-17'],
    ['FY 2024-25', '2024-04-01', '2025-03-31'],
    ['FY25', '2024-04-01', '2025-03-31'],
    ['अगले शुक्रवार', '2026-01-16', '2026-01-16'],
    ['पिछले महीने', '2025-12-01', '2025-12-31'],
    ['agle somwar', '2026-01-19', '2026-01-19'],
    ['aane wale shukrawar', '2026-01-16', '2026-01-16'],
    ['next 30th', '2026-01-30', '2026-01-30'],
    ['last 5th', '2026-01-05', '2026-01-05'],
    ['next to next month', '2026-03-01', '2026-03-31'],
    ['agle se agle mahine', '2026-03-01', '2026-03-31'],
    ['last to last week', '2025-12-29', '2026-01-04'],
    ['the week after next', '2026-01-26', '2026-02-01'],
    ['month before last', '2025-11-01', '2025-11-30'],
    ['next to next Friday', '2026-01-23', '2026-01-23'],
    ['last March', '2025-03-01', '2025-03-31'],
    ['since April', '2025-04-01', '2026-01-14'],
    ['since 5 December', '2025-12-05', '2026-01-14'],
    ['since last month', '2025-12-01', '2026-01-14'],
    ['april se ab tak', '2025-04-01', '2026-01-14'],
    ['from April till date', '2025-04-01', '2026-01-14'],
    ['5 March , 2026', '2026-03-05', '2026-03-05'],
    ['March 5 , 2026', '2026-03-05', '2026-03-05'],
    ['10 Jan 2026 (Sat)', '2026-01-10', '2026-01-10'],
    ['05-01-26 16:45:22', '2026-01-05', '2026-01-05'],
    ['5 March 2026 5 pm', '2026-03-05', '2026-03-05'],
    ['2026/03/05', '2026-03-05', '2026-03-05'],
    ['agle mahine ki 5 tareekh', '2026-02-05', '2026-02-05'],
    ['is mahine ki 30 tareekh', '2026-01-30', '2026-01-30'],
    ['last day of the month', '2026-01-31', '2026-01-31'],
    ['this financial year', '2025-04-01', '2026-03-31'],
    // Past and future agree today, and in the present month.
    ['14 January', '2026-01-14', '2026-01-14'],
    ['January', '2026-01-01', '2026-01-31'],
    // The weekday tells the year or month: 16 January 2026 is a Friday, 16 January 2025 a Thursday.
    ['Friday 16 January', '2026-01-16', '2026-01-16'],
    ['Friday the 16th', '2026-01-16', '2026-01-16'],
    ['Thursday 4 December', '2025-12-04', '2025-12-04'],
  ])('%s is %s to %s', (text, from, to) => {
    expect(readDate(text, today)).toEqual({ kind: 'date', from, to });
  });

  it.each([
    ['from the 1st to the 5th of next month', '2026-01-14', '2026-02-01', '2026-02-05'],
    ['Monday to Friday next week', '2026-01-12', '2026-01-19', '2026-01-23'],
    ['Jan to March 2025', '2024-11-23', '2025-01-01', '2025-03-31'],
    ['Jan-Mar 2025', '2026-11-23', '2025-01-01', '2025-03-31'],
    ['Nov to Jan 2025', '2026-11-23', '2024-11-01', '2025-01-31'],
    ['1 March to 5 April 2025', '2024-08-15', '2025-03-01', '2025-04-05'],
    ['5/3 to 10/4/2025', '2024-08-15', '2025-03-05', '2025-04-10'],
    ['today to 5 March 2026', '2026-01-14', '2026-01-14', '2026-03-05'],
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
    // The past and the future are possible.
    'friday',
    '5 March',
    '28 December',
    'the 5th',
    '10 tareekh',
    '31/12',
    'March',
    '1 to 5 March',
    'from 28 December to 3 January',
    // The weekday is another one.
    'Monday, 16 January 2026',
    'Sunday 16 January',
    '16/01/2026, Mon',
    // The fifth, or any day at five.
    'march 5 pm',
    'march 5 baje',
    'in march at 5 pm',
    '5 March 25 pm',
    '4200',
    'since tomorrow',
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

  it.each([
    ['EMI due on {5th}', '2026-02-05'],
    ['the bill was due on {5th}', '2026-01-05'],
    ['cheque dated {04/05}', '2025-05-04'],
    ['cheque no. 7 dt. {04/05}', '2025-05-04'],
    ['{pehli tareekh} ko rent dena hai', '2026-02-01'],
    ['post-dated cheque, dated {04/05}', '2026-05-04'],
    ['I have given a PDC dated {04/05}', '2026-05-04'],
    ['the post-dated cheque dated {04/05} has bounced', null],
    ['pay it by {Monday}', '2026-01-19'],
    ['{Monday} tak dena hai', '2026-01-19'],
    ['{5 tareekh} ko dunga', '2026-02-05'],
    ['{kal} bhejna', '2026-01-15'],
    ['{parso} rent bharna', '2026-01-16'],
    ['I paid on {Monday}', '2026-01-12'],
    ['will be debited on {5 March}', '2026-03-05'],
    ['was debited on {5 March}', '2025-03-05'],
    ['what did I spend on {the 5th}?', '2026-01-05'],
    ['remind me on {the 5th}', '2026-02-05'],
    ['rent is payable on {1st}', '2026-02-01'],
    ['statement generated on {12 Jan}. Total due Rs 5, pay by 1 Feb', '2026-01-12'],
    ['statement generated on 12 Jan. Total due Rs 5, pay by {1 Feb}', '2026-02-01'],
    ['{10 tareekh} ko bheje the', '2026-01-10'],
    ['{10 tareekh} ko bharna hai', '2026-02-10'],
    ['{kal} maine bheja tha', '2026-01-13'],
    ['{kal} bhej dena', '2026-01-15'],
    ['{parso} mile the', '2026-01-12'],
    ['{५ फरवरी} तक भुगतान करें', '2026-02-05'],
    ['{सोमवार} को दिया था', '2026-01-12'],
    ['when is the next payment after {July 1}?', '2026-07-01'],
    // Nothing tells the side, or both do.
    ['what is my balance on {the 25th}?', null],
    ['send me the statement of {5 March}', null],
    ['paid by {5 March}', null],
    ['rent from {1 February}', null],
    ['I paid on {Wednesday}', null],
    ['bill due {12/01}', null],
    ['he said he would pay on {Monday}', null],
    ['EMI gets deducted on {5th} every month', null],
    ['har mahine {5 tareekh} ko kat jata hai', null],
    ['{5 tareekh} ko kata hoga', null],
    ['{10 तारीख} को काटा होगा', null],
    ['{5 tareekh} dena bank se', null],
    ['Stmt dt 04/05, due dt {20/05}', '2026-05-20'],
    ['Stmt dt {04/05}, due dt 20/05', '2025-05-04'],
    ['tickets booked for {15 Feb}', '2026-02-15'],
    ['maturity date {15/08}', '2026-08-15'],
    ['paid the EMI for {February}', null],
    ['what did I spend {in 3 days}?', null],
  ])('reads the direction from the sentence: %s is %s', (marked, day) => {
    const [before = '', text = '', after = ''] = marked.split(/[{}]/);
    const found = readDate(text, today, { before, after });
    expect(found).toEqual(day === null ? null : { kind: 'date', from: day, to: day });
  });

  it.each([
    ['EMI due on 5th', '2026-02-05'],
    ['cheque dated 04/05', '2025-05-04'],
    ['due by Monday', '2026-01-19'],
    ['paid on 28 December', '2025-12-28'],
    ['10 tareekh ko dena hai', '2026-02-10'],
  ])('reads the direction from words in the text: %s is %s', (text, day) => {
    expect(readDate(text, today)).toEqual({ kind: 'date', from: day, to: day });
  });

  it.each([
    ['past', '1 to 5 March', '2025-03-01', '2025-03-05'],
    ['future', '1st to 5th March', '2026-03-01', '2026-03-05'],
    ['past', 'from 28 December to 3 January', '2025-12-28', '2026-01-03'],
    ['future', 'from 28 March to 3 April', '2026-03-28', '2026-04-03'],
    ['past', '1 march se 5 march tak', '2025-03-01', '2025-03-05'],
    ['past', 'March to May', '2025-03-01', '2025-05-31'],
    ['future', 'Thursday to Saturday', '2026-01-15', '2026-01-17'],
  ])('reads a range in the %s: %s is %s to %s', (side, text, from, to) => {
    const before = side === 'past' ? 'I paid ' : 'I will pay ';
    expect(readDate(text, today, { before })).toEqual({ kind: 'date', from, to });
  });

  it('reads the month on a card that expires', () => {
    const context = { before: 'card valid till ' };
    expect(readDate('12/27', today, context)).toEqual({ kind: 'date', from: '2027-12-01', to: '2027-12-31' });
    expect(readDate('04/05', today, context)).toEqual({ kind: 'date', from: '2026-05-04', to: '2026-05-04' });
  });

  it.each([
    ['05/03/2027', '2027-03-05', '2027-05-03'],
    ['05-03-27', '2027-03-05', '2027-05-03'],
    ['05.03.2027', '2027-03-05', '2027-03-05'],
    ['03/13/2027', '2027-03-13', '2027-03-13'],
    ['13/03/2027', '2027-03-13', '2027-03-13'],
    ['13/13/2027', undefined, undefined],
    ['02/30/2027', undefined, undefined],
  ])('reads %s with the day first as %s, with the month first as %s', (text, dayFirst, monthFirst) => {
    expect(readDate(text, today, { order: 'day-first' })?.from).toBe(dayFirst);
    expect(readDate(text, today)?.from).toBe(dayFirst);
    expect(readDate(text, today, { order: 'month-first' })?.from).toBe(monthFirst);
  });

  it('reads a day and month in numbers by their order too', () => {
    const read = (text: string, order: 'day-first' | 'month-first') =>
      readDate(text, '2026-04-14', { before: 'due on ', order })?.from;
    expect([read('05/06', 'day-first'), read('05/06', 'month-first')]).toEqual(['2026-06-05', '2026-05-06']);
    expect([read('05/16', 'day-first'), read('05/16', 'month-first')]).toEqual([undefined, '2026-05-16']);
  });

  it.each(['Jan-14', 'Dec-25', 'Sept-25', 'Feb-29', 'Mar-31', 'Dec-25 to Jan-26'])(
    'gives %s no value, which may be a day or the month of a year',
    (text) => expect(readDate(text, today)).toBeNull(),
  );

  it.each([
    ['Feb-30', '2030-02-01'],
    ['Apr-31', '2031-04-01'],
    ['Jan-45', '2045-01-01'],
    ["Jan'14", '2014-01-01'],
    ['14-Jan', '2026-01-14'],
    ['5-Mar (Thu)', '2026-03-05'],
  ])('reads %s, which has one reading', (text, from) => expect(readDate(text, today)?.from).toBe(from));

  it.each(['Wed, 13 Jan', 'Wednesday 13 January', '13 Jan (Wed)', 'Thu, 16 Jan', 'Mon, 5 March', 'Monday, 01/02'])(
    'moves the year of %s for no weekday',
    (text) => expect(readDate(text, today)).toBeNull(),
  );

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
