import { readNumber } from './number-words.js';

/** An amount of money as a number and an ISO 4217 code. */
export interface Amount {
  readonly kind: 'amount';
  readonly amount: number;
  readonly currency: string;
}

const currencies: readonly (readonly [RegExp, string])[] = [
  [/₹|\brs\b\.?|\binr\b|\brupees?\b|\brupaye?\b|\brupay\b|\brupiya\b|रुपये|रुपए|रु\.?/giu, 'INR'],
  [/\$|\busd\b|\bdollars?\b|\bbucks?\b/giu, 'USD'],
  [/€|\beur\b|\beuros?\b/giu, 'EUR'],
  [/£|\bgbp\b|\bpounds?\b|\bquid\b/giu, 'GBP'],
  [/¥|\bjpy\b|\byen\b/giu, 'JPY'],
];
/** Longer texts are no amounts. */
const LONGEST = 120;

/**
 * Reads an amount: "1.5 lakh" → 150000 INR, "₹2,50,000", "Rs. 500/-", "rs.4200", "2.5k", "do hazaar rupaye", "$20".
 * @param currency - where the text names none. @default 'INR'
 * @returns null when it is no amount.
 */
export function readAmount(text: string, currency = 'INR'): Amount | null {
  if (text.length > LONGEST) return null;
  // "rs.4200" and "500rs" have no word boundary between sign and number.
  let rest = ` ${text
    .normalize('NFKC')
    .replace(/(\p{L})\.?(?=\d)/giu, '$1 ')
    .replace(/(\d)(?=\p{L})/gu, '$1 ')} `;
  let found = currency;
  for (const [pattern, code] of currencies) {
    const without = rest.replace(pattern, ' ');
    if (without !== rest) found = code;
    rest = without;
  }
  rest = rest.replace(/\/-|\/=|\bonly\b|\bapprox\.?|\babout\b/gi, ' ').replace(/[.,](?=\s|$)/g, ' ');
  const amount = readNumber(rest.trim());
  return amount === null ? null : { amount, currency: found, kind: 'amount' };
}
