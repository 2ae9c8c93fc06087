import { decimalFractions, readNumber } from './number-words.js';

/** An amount of money as a number and an ISO 4217 code. */
export interface Amount {
  readonly kind: 'amount';
  readonly amount: number;
  readonly currency: string;
}

/** Patterns of currency symbols and names, longer symbols first. */
const currencies: readonly (readonly [RegExp, string])[] = [
  [/₹|\brs\b\.?|\brupees?\b|\brupaye?\b|\brupay\b|\brupiya\b|\brupaiye\b|रुपये|रुपए|रुपया|रु\.?/giu, 'INR'],
  [/\bs\$|\bsgd\b/giu, 'SGD'],
  [/\ba(?:u)?\$|\baud\b/giu, 'AUD'],
  [/\bc(?:a)?\$|\bcad\b/giu, 'CAD'],
  [/\bhk\$|\bhkd\b/giu, 'HKD'],
  [/(?:\bus ?)?\$|\bdollars?\b|\bbucks?\b/giu, 'USD'],
  [/€|\beuros?\b/giu, 'EUR'],
  [/£|\bpounds?\b|\bquid\b/giu, 'GBP'],
  [/¥|\byen\b/giu, 'JPY'],
  [/\bdirhams?\b/giu, 'AED'],
  [/₩/giu, 'KRW'],
  [/₽/giu, 'RUB'],
  [/฿/giu, 'THB'],
];
const currencyCodes =
  /\b(inr|usd|eur|gbp|jpy|aed|chf|cny|nzd|sar|qar|kwd|omr|bhd|thb|myr|lkr|npr|bdt|pkr|idr|krw|sek|nok|dkk|pln|czk|zar|brl|mxn|try|rub|ngn|kes|ils)\b/giu;
/** An amount in the minor unit, such as paise or cents, at the end of the text. */
const MINOR_UNIT = /([^ ]+) (?:paise|paisa|पैसे|cents?|pence)$/iu;
/** Longer texts are not parsed. */
const MAXIMUM_LENGTH = 120;

/** Puts spaces between numbers and letters ("rs.4200", "500rs"); removes invisible characters. */
const separate = (text: string): string =>
  ` ${decimalFractions(text.replace(/[\p{Cf}\p{Cc}]/gu, ''))
    .normalize('NFKC')
    .replace(/(\p{L})\.?(?=\p{Nd})/giu, '$1 ')
    .replace(/(\p{Nd})(?=\p{L})/gu, '$1 ')} `;

/** A text without its currency. */
interface CurrencySplit {
  readonly currency: string;
  readonly rest: string;
}

function splitCurrency(text: string, currency: string): CurrencySplit {
  let found: CurrencySplit = { currency, rest: text };
  for (const [pattern, code] of currencies) {
    const rest = found.rest.replace(pattern, ' ');
    if (rest !== found.rest) found = { currency: code, rest };
  }
  const [named] = found.rest.match(currencyCodes) ?? [];
  return named === undefined ? found : { currency: named.toUpperCase(), rest: found.rest.replace(currencyCodes, ' ') };
}

/** Parses major and minor units: "5 rupees 50 paise" = 5.5, "50 paise" = 0.5. */
function readUnits(text: string): number | null {
  const minor = MINOR_UNIT.exec(text);
  if (minor === null) return readNumber(text);
  const hundredths = readNumber(minor[1]!);
  const before = text.slice(0, minor.index).trim();
  const units = before === '' ? 0 : readNumber(before);
  return hundredths === null || units === null ? null : Number((units + hundredths / 100).toFixed(6));
}

/**
 * Parses an amount: "1.5 lakh" → 150000 INR, "₹2,50,000", "Rs. 500/-", "rs.4200", "₹1.5L", "do hazaar rupaye", "$20",
 * "€1.234,56", "AED 500". A leading minus sign makes it negative.
 * @param currency - used when the text names none. @default 'INR'
 * @returns null when the text is not exactly one amount.
 */
export function readAmount(text: string, currency = 'INR'): Amount | null {
  if (text.length > MAXIMUM_LENGTH) return null;
  const { currency: found, rest } = splitCurrency(separate(text), currency);
  const plain = rest
    .replace(/\/-|\/=|\bonly\b|\bapprox\.?|\babout\b/gi, ' ')
    .replace(/[.,](?=\s|$)/g, ' ')
    .trim();
  const negative = /^[-−]\s*(?=\d|\.\d)/.exec(plain);
  const amount = readUnits(negative ? plain.slice(negative[0].length) : plain);
  return amount === null ? null : { amount: negative ? -amount : amount, currency: found, kind: 'amount' };
}
