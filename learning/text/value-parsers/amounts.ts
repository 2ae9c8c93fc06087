import { decimalFractions, readNumber } from './number-words.js';

/** An amount of money as a number and an ISO 4217 code. */
export interface Amount {
  readonly kind: 'amount';
  readonly amount: number;
  readonly currency: string;
}

/** Longer signs come first: US$ is no $ behind a word. */
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
const codes =
  /\b(inr|usd|eur|gbp|jpy|aed|chf|cny|nzd|sar|qar|kwd|omr|bhd|thb|myr|lkr|npr|bdt|pkr|idr|krw|sek|nok|dkk|pln|czk|zar|brl|mxn|try|rub|ngn|kes|ils)\b/giu;
/** The hundredth part of a unit. */
const MINOR = /([^ ]+) (?:paise|paisa|पैसे|cents?|pence)$/iu;
/** Longer texts are no amounts. */
const LONGEST = 120;

/** "rs.4200" and "500rs" have no word boundary between sign and number; what cannot be seen is no part of either. */
const spaced = (text: string): string =>
  ` ${decimalFractions(text.replace(/[\p{Cf}\p{Cc}]/gu, ''))
    .normalize('NFKC')
    .replace(/(\p{L})\.?(?=\p{Nd})/giu, '$1 ')
    .replace(/(\p{Nd})(?=\p{L})/gu, '$1 ')} `;

interface Found {
  readonly currency: string;
  readonly rest: string;
}

function takeCurrency(text: string, currency: string): Found {
  let found: Found = { currency, rest: text };
  for (const [pattern, code] of currencies) {
    const rest = found.rest.replace(pattern, ' ');
    if (rest !== found.rest) found = { currency: code, rest };
  }
  const [named] = found.rest.match(codes) ?? [];
  return named === undefined ? found : { currency: named.toUpperCase(), rest: found.rest.replace(codes, ' ') };
}

/** Rupees and paise: "5 rupees 50 paise" = 5.5, "50 paise" = 0.5. */
function readParts(text: string): number | null {
  const minor = MINOR.exec(text);
  if (minor === null) return readNumber(text);
  const hundredths = readNumber(minor[1]!);
  const before = text.slice(0, minor.index).trim();
  const units = before === '' ? 0 : readNumber(before);
  return hundredths === null || units === null ? null : Number((units + hundredths / 100).toFixed(6));
}

/**
 * Reads an amount: "1.5 lakh" → 150000 INR, "₹2,50,000", "Rs. 500/-", "rs.4200", "₹1.5L", "do hazaar rupaye", "$20",
 * "€1.234,56", "AED 500". A minus before it makes it negative.
 * @param currency - where the text names none. @default 'INR'
 * @returns null when it is no amount, or two of them.
 */
export function readAmount(text: string, currency = 'INR'): Amount | null {
  if (text.length > LONGEST) return null;
  const { currency: found, rest } = takeCurrency(spaced(text), currency);
  const plain = rest
    .replace(/\/-|\/=|\bonly\b|\bapprox\.?|\babout\b/gi, ' ')
    .replace(/[.,](?=\s|$)/g, ' ')
    .trim();
  const negative = /^[-−]\s*(?=\d|\.\d)/.exec(plain);
  const amount = readParts(negative ? plain.slice(negative[0].length) : plain);
  return amount === null ? null : { amount: negative ? -amount : amount, currency: found, kind: 'amount' };
}
