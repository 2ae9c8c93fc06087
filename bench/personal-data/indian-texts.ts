import { createRandom, type Random } from '../../learning/numeric/random/index.js';
import { passesLuhn, passesVerhoeff } from '../../learning/text/value-parsers/index.js';
import type { MarkedText, TypedSpan } from './span-scores.js';

/*
 * Invented texts of Indian banking with identifiers that are valid, and with numbers that look like them and are none:
 * references, orders, amounts, dates. No public set has these types.
 */

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String(random.integer(10))).join('');
const letters = (random: Random, count: number): string =>
  Array.from({ length: count }, () => String.fromCharCode(65 + random.integer(26))).join('');

/** A number with the check digit that makes it valid. */
function checked(start: string, passes: (number: string) => boolean): string {
  return Array.from({ length: 10 }, (_, digit) => start + String(digit)).find(passes)!;
}
const inFours = (number: string, by: string): string => number.replace(/(\d{4})(?=\d)/g, `$1${by}`);

const values: Readonly<Record<string, (random: Random) => string>> = {
  PAN: (random) =>
    `${letters(random, 3)}${pick(random, ['P', 'C', 'H', 'F'])}${letters(random, 1)}${digits(random, 4)}${letters(random, 1)}`,
  AADHAAR: (random) =>
    inFours(checked(`${2 + random.integer(8)}${digits(random, 10)}`, passesVerhoeff), pick(random, [' ', '-', ''])),
  CARD: (random) => {
    const [prefix, length] = pick(random, [
      ['4', 16],
      ['52', 16],
      ['6521', 16],
      ['37', 15],
    ] as const);
    const number = checked(`${prefix}${digits(random, length)}`.slice(0, length - 1), passesLuhn);
    return length === 15 ? number : inFours(number, pick(random, [' ', '-', '']));
  },
  IFSC: (random) => `${pick(random, ['HDFC', 'SBIN', 'ICIC', 'UTIB'])}0${digits(random, 6)}`,
  UPI_ID: (random) =>
    `${pick(random, ['asha.rao', 'ravi87', 'meera-k', '9876543210'])}@${pick(random, ['okaxis', 'ybl', 'paytm', 'upi'])}`,
  EMAIL: (random) =>
    `${pick(random, ['asha', 'r.iyer', 'meera+bank'])}@${pick(random, ['example.org', 'mail.example.co.in'])}`,
  ACCOUNT: (random) => digits(random, 9 + random.integer(8)),
  PHONE: (random) => {
    const number = `${6 + random.integer(4)}${digits(random, 9)}`;
    const halves = `${number.slice(0, 5)}${pick(random, [' ', '-'])}${number.slice(5)}`;
    return pick(random, [number, `+91 ${number}`, `+91-${halves}`, `0${number}`, halves]);
  },
};

/** Numbers that are nobody's. */
const others: Readonly<Record<string, (random: Random) => string>> = {
  reference: (random) => digits(random, 12),
  order: (random) => `${digits(random, 3)}-${digits(random, 7)}-${digits(random, 7)}`,
  amount: (random) => `${1 + random.integer(99)},${digits(random, 2)},${digits(random, 3)}`,
  date: (random) => `${10 + random.integer(18)}-0${1 + random.integer(9)}-2026`,
};

const templates: readonly string[] = [
  'my PAN is {PAN}, please update',
  'pan card {PAN} not linked with {AADHAAR}',
  'aadhaar number {AADHAAR} does not verify',
  'block my card {CARD} at once',
  'card no {CARD} was charged Rs {amount} on {date}',
  'IFSC {IFSC} a/c no {ACCOUNT} for NEFT',
  'transfer ₹{amount} from account {ACCOUNT}',
  'paid to {UPI_ID} ref {reference}',
  'UPI txn {reference} to {UPI_ID} failed on {date}',
  'write to {EMAIL} or call {PHONE}',
  'my number {PHONE} is not registered',
  '{PHONE} pe call karo',
  'naya mobile {PHONE} update kar do, email {EMAIL}',
  'where is order {order} of {date}',
  'utr {reference} not credited, amount {amount}',
  'balance was {amount} on {date}, transaction id {reference}',
  'send statement to {EMAIL}',
  'upi id {UPI_ID} and {IFSC} are correct',
];

function fill(random: Random, template: string): MarkedText {
  const spans: TypedSpan[] = [];
  let text = '';
  for (const part of template.split(/(\{\w+\})/)) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1] ?? '';
    const value = (values[name] ?? others[name])?.(random) ?? part;
    if (values[name] !== undefined) spans.push({ type: name, start: text.length, end: text.length + value.length });
    text += value;
  }
  return { text, spans };
}

/** @param count - texts from every template. */
export function indianTexts(seed: number, count: number): readonly MarkedText[] {
  const random = createRandom(seed);
  return templates.flatMap((template) => Array.from({ length: count }, () => fill(random, template)));
}
