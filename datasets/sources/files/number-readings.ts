import { type Cell, describeCell, isMissingCell, isSplit, NULL_WORDS, type Scalar, type SplitAmount } from './cells.js';
import { normaliseCell } from './normalise-cell.js';
import { type CellReader, type CellReadings, everywhere } from './readings.js';

/** The two readings of a number. */
export const DECIMAL_SIGNS = ['.', ','] as const;
export type DecimalSign = (typeof DECIMAL_SIGNS)[number];

const DIGITS = /^[+-]?\d+$/;
const PLAIN_POINT = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const PLAIN_COMMA = /^(?:\d+(?:,\d*)?|,\d+)(?:[eE][+-]?\d+)?$/;
/** 146,000 or 146 000 or 146'000, then a fraction after a point. */
const THOUSANDS_POINT = /^[1-9]\d{0,2}([,\s'’])\d{3}(?:\1\d{3})*(?:\.\d*)?$/;
const THOUSANDS_COMMA = /^[1-9]\d{0,2}([.\s'’])\d{3}(?:\1\d{3})*(?:,\d*)?$/;
/** 1,46,000 or 1 46 000 or 1'46'000: lakhs and crores. */
const LAKHS = /^[1-9]\d?([,\s'’])\d{2}(?:\1\d{2})*\1\d{3}(?:\.\d*)?$/;
const LAKHS_COMMA = /^[1-9]\d?([\s'’])\d{2}(?:\1\d{2})*\1\d{3}(?:,\d*)?$/;

const NOT_READABLE = everywhere(Number.NaN, DECIMAL_SIGNS.length);
/** ISO 4217. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const RUPEES = /^(?:₹|rs\.?|re\.?|inr\.?|रु\.?|रू\.?)$/i;
/** `US$`, `A$`: the letters say whose dollar it is. */
const DOLLARS: Readonly<Record<string, string>> = {
  us: 'USD',
  a: 'AUD',
  au: 'AUD',
  c: 'CAD',
  ca: 'CAD',
  s: 'SGD',
  sg: 'SGD',
  hk: 'HKD',
  nz: 'NZD',
};
const DOLLAR = /^([a-z]{1,2})\$$/i;

/** Words beside an amount: `500Dr`, `1,500.00 (Cr)`, `Dr. 500`. */
const DEBITED = '(?:dr|db|d|debit(?:ed)?)\\.?';
const CREDITED = '(?:cr|c|credit(?:ed)?)\\.?';
const inBrackets = (word: string): string => `(?:\\(\\s*${word}\\s*\\)|\\[\\s*${word}\\s*\\]|${word})`;
const BEFORE_WORD = '^(.*?(?:[\\d.,)\\]]|/[-=])|.+\\s)\\s*[-:]?\\s*';
const AFTER_WORD = '\\s*[-:]?\\s*((?:[\\d.,(]|rs|inr|\\p{Sc}).*)$';

/** The mark of an amount with a plus, which is told to nobody. */
const PLUS = '+';

/** What stands around the digits; each is read off once, the sign once in whatever form. */
const WRAPPINGS: readonly { readonly pattern: RegExp; readonly negative?: true; readonly mark?: string }[] = [
  { pattern: /^(.+?)\/[-=]$/ },
  { pattern: /^[-−–]\s*(.+)$/, negative: true },
  { pattern: /^\+\s*(.+)$/, mark: PLUS },
  { pattern: /^\((.+)\)$/, negative: true, mark: 'parentheses read as minus' },
  { pattern: /^(.+?)\s*[-−–]$/, negative: true, mark: 'trailing minus' },
  { pattern: new RegExp(`${BEFORE_WORD}${inBrackets(DEBITED)}$`, 'i'), negative: true, mark: 'Dr' },
  { pattern: new RegExp(`${BEFORE_WORD}${inBrackets(CREDITED)}$`, 'i'), mark: 'Cr' },
  { pattern: new RegExp(`^${inBrackets(DEBITED)}${AFTER_WORD}`, 'iu'), negative: true, mark: 'Dr' },
  { pattern: new RegExp(`^${inBrackets(CREDITED)}${AFTER_WORD}`, 'iu'), mark: 'Cr' },
];
const LEADING_CURRENCY =
  /^([a-z]{1,2}\$|\p{Sc}|rs\.?|re\.?|inr\.?|रु\.?|रू\.?|[a-z]{3}(?:\.(?=\d)|(?=[\s\d.,+(−-])))\s*(.+)$/iu;
const TRAILING_CURRENCY = /^(.+?)\s*([a-z]{1,2}\$|\p{Sc}|rs\.?|रु\.?|रू\.?|[a-z]{3})$/iu;

interface Unwrapped {
  readonly digits: string;
  readonly negative: boolean;
  readonly marks: readonly string[];
}

/** The sign's or code's currency; null when it is none. */
function currencyOf(sign: string): string | null {
  if (RUPEES.test(sign)) return 'INR';
  const dollar = DOLLARS[DOLLAR.exec(sign)?.[1]?.toLowerCase() ?? ''];
  if (dollar !== undefined) return dollar;
  if (/^\p{Sc}$/u.test(sign)) return sign;
  const code = sign.replace(/\.$/, '').toUpperCase();
  return CURRENCIES.has(code) ? code : null;
}

function takeCurrency(text: string): { readonly rest: string; readonly currency: string } | null {
  const leading = LEADING_CURRENCY.exec(text);
  const trailing = TRAILING_CURRENCY.exec(text);
  const currency = currencyOf(leading?.[1] ?? '');
  // "Rs..500" is 500 or a half.
  if (/^\p{L}+\.\s*\./u.test(text)) return null;
  if (leading !== null && currency !== null) return { rest: leading[2]!, currency };
  const after = currencyOf(trailing?.[2] ?? '');
  return trailing !== null && after !== null ? { rest: trailing[1]!, currency: after } : null;
}

/** Currency and signs are taken off from outside to inside; null when one comes twice. */
function unwrap(text: string): Unwrapped {
  const marks: string[] = [];
  let digits = text;
  let signs = 0;
  for (let step = 0; step < 4 && !/^[\d.,].*\d$|^\d[.,]?$/u.test(digits); step++) {
    const currency = takeCurrency(digits);
    const wrapping = currency === null ? WRAPPINGS.find(({ pattern }) => pattern.test(digits)) : undefined;
    if (currency !== null) {
      marks.push(`${CURRENCY_MARK}${currency.currency}`);
      digits = currency.rest.trim();
    } else if (wrapping !== undefined) {
      if (wrapping.negative === true) signs += 1;
      if (wrapping.mark !== undefined) marks.push(wrapping.mark);
      digits = wrapping.pattern.exec(digits)![1]!.trim();
    } else break;
  }
  // Money in that is negative contradicts itself, as two signs do.
  const isContradictory = signs > 1 || (signs === 1 && (marks.includes('Cr') || marks.includes(PLUS)));
  const told = marks.filter((mark) => mark !== PLUS);
  return { digits: isContradictory ? '' : digits, negative: signs === 1, marks: told };
}

/** The mark of digits that are not written as plain ASCII. */
const OTHER_DIGITS = 'digits of another script, or marked as text';
/** Prefix of the mark that names a currency. */
export const CURRENCY_MARK = 'amounts in ';
/** Marks of the separators, by which an ambiguous column is decided. */
export const separatorMarks = { comma: 'a comma', point: 'a point' } as const;
/** The mark of digits in groups. */
export const GROUPED_MARK = 'grouped digits';

const withPoint = (digits: string): number => {
  if (PLAIN_POINT.test(digits)) return Number(digits);
  return THOUSANDS_POINT.test(digits) || LAKHS.test(digits) ? Number(digits.replace(/[,\s'’]/g, '')) : Number.NaN;
};

const withComma = (digits: string): number => {
  if (PLAIN_COMMA.test(digits)) return Number(digits.replace(',', '.'));
  const isGrouped = THOUSANDS_COMMA.test(digits) || LAKHS_COMMA.test(digits);
  return isGrouped ? Number(digits.replace(/[.\s'’]/g, '').replace(',', '.')) : Number.NaN;
};

const signed = (negative: boolean, value: number): number => (negative && value !== 0 ? -value : value);
const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

function separatorsIn(digits: string): string[] {
  const marks: string[] = [];
  if (digits.includes(',')) marks.push(separatorMarks.comma);
  if (digits.includes('.')) marks.push(separatorMarks.point);
  if (/\d[,.\s'’]\d{3}(?!\d).*[,.]|\d[,\s'’.]\d{2,3}[,\s'’.]\d|\d[\s'’]\d/.test(digits)) marks.push(GROUPED_MARK);
  return marks;
}

function readText(text: string): CellReadings {
  if (DIGITS.test(text)) return everywhere(Number(text), DECIMAL_SIGNS.length);
  const { digits, negative, marks } = unwrap(text);
  const values = [withPoint(digits), withComma(digits)].map((value) => signed(negative, finite(value)));
  return { values, marks: [...marks, ...separatorsIn(digits)] };
}

function readScalar(cell: Scalar): CellReadings {
  if (typeof cell === 'number') return everywhere(finite(cell), DECIMAL_SIGNS.length);
  if (typeof cell !== 'string') return NOT_READABLE;
  const text = normaliseCell(cell);
  const { values, marks = [] } = readText(text);
  return text === cell.trim() ? { values, marks } : { values, marks: [...marks, OTHER_DIGITS] };
}

const DIRECTIONS: readonly { readonly pattern: RegExp; readonly sign: 1 | -1 }[] = [
  { pattern: /^(?:d|dr|db|debit|debited|out|outflow|withdrawal|withdrawn|expense|spent|paid|-)\.?$/i, sign: -1 },
  { pattern: /^(?:c|cr|credit|credited|in|inflow|deposit|deposited|income|received|\+)\.?$/i, sign: 1 },
];

/** −1 for a word of money out, +1 for one of money in, NaN for any other. */
export function readDirection(cell: Scalar): number {
  const text = typeof cell === 'string' ? normaliseCell(cell) : '';
  return DIRECTIONS.find(({ pattern }) => pattern.test(text))?.sign ?? Number.NaN;
}

/** Whether the cells of a column, blank ones left out, are all words of direction. */
export const areDirections = (cells: readonly Scalar[]): boolean =>
  cells.length > 0 && cells.every((cell) => !Number.isNaN(readDirection(cell)));

const sideOf = (cell: Scalar): CellReadings => (isMissingCell(cell, NULL_WORDS) ? everywhere(0, 2) : readScalar(cell));

/** Credit minus debit; both are sizes, and only one of them holds an amount. */
function readPair({ debit, credit }: Extract<SplitAmount, { kind: 'pair' }>): CellReadings {
  const [out, into] = [sideOf(debit), sideOf(credit)];
  const values = out.values.map((paid, i) => {
    const received = into.values[i]!;
    return paid < 0 || received < 0 || (paid !== 0 && received !== 0) ? Number.NaN : received - paid;
  });
  return { values, marks: [...(out.marks ?? []), ...(into.marks ?? [])] };
}

/** The amount with the sign of its direction; an amount that has the other sign already is a fault. */
function readSigned({ amount, direction }: Extract<SplitAmount, { kind: 'signed' }>): CellReadings {
  const { values, marks = [] } = readScalar(amount);
  const sign = readDirection(direction);
  const directed = (value: number): number => (sign > 0 && value < 0 ? Number.NaN : sign * Math.abs(value));
  return { values: values.map(directed), marks };
}

const WRITINGS: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /%$/, name: 'a percentage' },
  { pattern: /^0x/i, name: 'a hexadecimal number' },
  {
    pattern: /\d\s*(?:k|m|mn|bn|l|lac|lakhs?|lacs|crores?|million|billion|thousand)\.?$/i,
    name: 'a number with a unit word',
  },
  { pattern: /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/, name: 'a date' },
  { pattern: /\d\W*\b(?:dr?|debit)\W+(?:cr?|credit)\b/i, name: 'an amount that is both debit and credit' },
  {
    pattern: /^\W*[-−–(+].*[-−–)]|[-−–(+].*\d\W*[dc]r?\b|^\W*[dc]r?\b.*[-−–(+]|^[-−–+(]\s*[-−–+(]/i,
    name: 'an amount with two signs',
  },
  { pattern: /^[a-z]{3}\s*[\d(+−-]|\d\s*[a-z]{3}$/i, name: 'an amount in a currency that is not known' },
  { pattern: /\d\s*\/\s*\d|[½¼¾⅓⅔]/u, name: 'a fraction' },
  { pattern: /^[-+(]?\d[\d.,\s'’]*[.,][\d.,\s'’]*\)?$/, name: 'digits whose groups are neither thousands nor lakhs' },
  { pattern: /\p{L}.*\d|\d.*\p{L}/u, name: 'a number with words beside it' },
];

function describe(cell: Cell): string {
  if (!isSplit(cell)) {
    const text = typeof cell === 'string' ? normaliseCell(cell) : '';
    return WRITINGS.find(({ pattern }) => pattern.test(text))?.name ?? describeCell(cell);
  }
  if (cell.kind === 'pair') return 'a debit and a credit that are not one amount without sign';
  return Number.isNaN(readDirection(cell.direction))
    ? 'neither debit nor credit as direction'
    : 'an amount with another sign than its direction';
}

const readNumber = (cell: Cell): CellReadings => {
  if (!isSplit(cell)) return readScalar(cell);
  return cell.kind === 'pair' ? readPair(cell) : readSigned(cell);
};

const SEPARATORS: Readonly<Record<string, string>> = {
  ',': 'commas',
  '.': 'points',
  "'": 'apostrophes',
  '’': 'apostrophes',
};

/** How the digits of a cell are grouped, where they are. */
function writingOf(cell: Cell): string | null {
  const { digits } = unwrap(typeof cell === 'string' ? normaliseCell(cell) : '');
  const lakhs = (LAKHS.exec(digits) ?? LAKHS_COMMA.exec(digits))?.[1];
  if (lakhs !== undefined) return `lakhs grouped by ${SEPARATORS[lakhs] ?? 'blanks'}`;
  const separator = (THOUSANDS_POINT.exec(digits) ?? THOUSANDS_COMMA.exec(digits))?.[1];
  if (separator !== undefined) return `thousands grouped by ${SEPARATORS[separator] ?? 'blanks'}`;
  return null;
}

/** Numbers in plain digits, grouped (thousands, lakhs), with a currency, and negative by sign, parentheses or Dr. */
export const numberReader: CellReader = {
  names: DECIMAL_SIGNS,
  wanted: 'a finite number',
  read: readNumber,
  describe,
  writing: writingOf,
};

const hasFraction = ({ values }: CellReadings): boolean =>
  values.some((value) => !Number.isNaN(value) && !Number.isInteger(value));

/** As {@link numberReader}, without a fraction. */
export const integerReader: CellReader = {
  names: DECIMAL_SIGNS,
  wanted: 'an integer',
  read(cell) {
    const { values, marks = [] } = readNumber(cell);
    return { values: values.map((value) => (Number.isInteger(value) ? value : Number.NaN)), marks };
  },
  describe: (cell) => (hasFraction(readNumber(cell)) ? 'a number with a fraction' : describe(cell)),
  writing: writingOf,
};

const FLAGS: readonly { readonly pattern: RegExp; readonly value: 0 | 1; readonly mark?: string }[] = [
  { pattern: /^(?:1|1\.0+|true)$/i, value: 1 },
  { pattern: /^(?:0|0\.0+|false)$/i, value: 0 },
  { pattern: /^(?:t|y|yes|on)$/i, value: 1, mark: 't/f, yes/no or on/off' },
  { pattern: /^(?:f|n|no|off)$/i, value: 0, mark: 't/f, yes/no or on/off' },
];

/** Flags as programs, PostgreSQL and spreadsheets write them. */
export const flagReader: CellReader = {
  names: [''],
  wanted: 'true, false, 0 or 1',
  read(cell) {
    if (isSplit(cell)) return everywhere(Number.NaN, 1);
    const found = FLAGS.find(({ pattern }) => pattern.test(normaliseCell(String(cell))));
    return { values: [found?.value ?? Number.NaN], marks: found?.mark === undefined ? [] : [found.mark] };
  },
  describe: describeCell,
};
