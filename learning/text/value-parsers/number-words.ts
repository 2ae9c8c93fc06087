/** Number words in English and Hindi (romanised and Devanagari) with spelling variants. */
const numberWords: readonly (readonly [number, string])[] = [
  [0, 'zero shunya शून्य'],
  [1, 'one ek एक'],
  [2, 'two do दो'],
  [3, 'three teen tin तीन'],
  [4, 'four char chaar चार'],
  [5, 'five paanch panch पांच पाँच'],
  [6, 'six chhe che chhah छह छः छे'],
  [7, 'seven saat sat सात'],
  [8, 'eight aath आठ'],
  [9, 'nine nau नौ'],
  [10, 'ten das दस'],
  [11, 'eleven gyarah gyaarah ग्यारह'],
  [12, 'twelve barah baarah बारह'],
  [13, 'thirteen terah तेरह'],
  [14, 'fourteen chaudah चौदह'],
  [15, 'fifteen pandrah पंद्रह पन्द्रह'],
  [16, 'sixteen solah सोलह'],
  [17, 'seventeen satrah सत्रह'],
  [18, 'eighteen atharah अठारह'],
  [19, 'nineteen unnis उन्नीस'],
  [20, 'twenty bees बीस'],
  [21, 'ikkis इक्कीस'],
  [22, 'bais बाईस'],
  [23, 'teis तेईस'],
  [24, 'chaubis चौबीस'],
  [25, 'pachees pachis pacchis पच्चीस'],
  [30, 'thirty tees तीस'],
  [35, 'paintis पैंतीस'],
  [40, 'forty fourty chalis chaalis चालीस'],
  [45, 'paintalis पैंतालीस'],
  [50, 'fifty pachas pachaas पचास'],
  [55, 'pachpan पचपन'],
  [60, 'sixty sath saath साठ'],
  [65, 'painsath पैंसठ'],
  [70, 'seventy sattar सत्तर'],
  [75, 'pachhattar पचहत्तर'],
  [80, 'eighty assi अस्सी'],
  [85, 'pachasi पचासी'],
  [90, 'ninety nabbe नब्बे'],
  [95, 'pachanve पंचानवे'],
];
const fractions: readonly (readonly [number, string])[] = [
  [0.25, 'quarter'],
  [0.5, 'half adha aadha आधा'],
  [1.5, 'dedh डेढ़'],
  [2.5, 'dhai ढाई'],
];
const scales: readonly (readonly [number, string])[] = [
  [100, 'hundred hundreds sau सौ'],
  [1e3, 'thousand thousands k hazar hazaar hajar hajaar हजार हज़ार'],
  [1e5, 'lakh lakhs lac lacs l lk लाख'],
  [1e6, 'million millions mn mio m'],
  [1e7, 'crore crores cr crs karod करोड़'],
  [1e9, 'billion billions bn b arab अरब'],
  [1e12, 'trillion trillions tn'],
];
/** Hindi words that shift the number after them: sadhe teen = 3.5, paune do = 1.75, sawa lakh = 1.25 lakh. */
const shifts: readonly (readonly [number, string])[] = [
  [0.5, 'sadhe saadhe saade साढ़े'],
  [0.25, 'sawa सवा'],
  [-0.25, 'paune pauna पौने'],
];
/** Words without a value: "half a lakh", "two hundred and fifty". */
const fillerWords = new Set(['and', 'aur', 'of', 'a', 'an', 'और']);

type Word =
  | { readonly kind: 'value' | 'fraction' | 'scale' | 'shift'; readonly number: number }
  | { readonly kind: 'digits'; readonly number: number };

const entries = (kind: Word['kind'], table: readonly (readonly [number, string])[]): [string, Word][] =>
  table.flatMap(([number, words]) =>
    words.split(' ').map((word): [string, Word] => [word.normalize('NFKC'), { kind, number }]),
  );

const vocabulary: ReadonlyMap<string, Word> = new Map([
  ...entries('value', numberWords),
  ...entries('fraction', fractions),
  ...entries('scale', scales),
  ...entries('shift', shifts),
]);

const PLAIN = /^(?:\d+(?:\.\d+)?|\.\d+)$/;
const WESTERN = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const INDIAN = /^\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d+)?$/;
/** Decimal comma, as in 1.234,56 and 12,5. */
const CONTINENTAL = /^(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}$/;

/** Parses digits with Western, Indian or continental grouping and decimals: 2,50,000.50. @returns undefined otherwise. */
export function readDigits(text: string): number | undefined {
  if (PLAIN.test(text)) return Number(text);
  if (WESTERN.test(text) || INDIAN.test(text)) return Number(text.replaceAll(',', ''));
  return CONTINENTAL.test(text) ? Number(text.replaceAll('.', '').replace(',', '.')) : undefined;
}

function readWord(text: string): Word | undefined {
  const number = readDigits(text);
  return number === undefined ? vocabulary.get(text) : { kind: 'digits', number };
}

/** State of parsing number words. */
interface ParseState {
  /** Sum of the groups closed by a scale. */
  readonly total: number;
  /** Value of the open group, which the next scale multiplies; null = no group is open. */
  readonly open: number | null;
  /** Scale of the last closed group; later scales must be smaller. */
  readonly scale: number;
  /** Kind of the previous word. */
  readonly before: Word['kind'] | 'start';
  /** Pending shift of a Hindi word, applied to the next number. */
  readonly shift: number;
}

const INITIAL_STATE: ParseState = { total: 0, open: null, scale: Infinity, before: 'start', shift: 0 };

/** Whether a word may continue the open group ("twenty five", "hundred fifty") rather than start another number. */
function mayFollow({ open, before }: ParseState, { kind, number }: Word): boolean {
  if (open === null) return true;
  if (kind === 'fraction') return before === 'value' || before === 'digits';
  if (open >= 100 && before === 'scale') return number < 100;
  return kind === 'value' && before === 'value' && open % 10 === 0 && open % 100 >= 20 && number < 10 && number > 0;
}

function withValue(state: ParseState, word: Word): ParseState | null {
  if (!mayFollow(state, word)) return null;
  return { ...state, open: (state.open ?? 0) + word.number + state.shift, before: word.kind, shift: 0 };
}

/** "hundred" stays in the open group ("two hundred thousand"). */
function withHundred(state: ParseState): ParseState | null {
  const { open, shift } = state;
  if (open !== null && open >= 100) return null;
  return { ...state, open: ((open ?? 1) + shift) * 100, before: 'scale', shift: 0 };
}

/** Larger scales close the open group; "lakh crore" multiplies the group closed before. */
function withScale(state: ParseState, scale: number): ParseState | null {
  if (scale === 100) return withHundred(state);
  const { open, total, before, shift } = state;
  if (before === 'scale' && open === null)
    return scale > state.scale ? { ...state, total: total * scale, scale } : null;
  if (scale >= state.scale) return null;
  return { total: total + ((open ?? 1) + shift) * scale, open: null, scale, before: 'scale', shift: 0 };
}

function withWord(state: ParseState, word: Word): ParseState | null {
  if (word.kind === 'scale') return withScale(state, word.number);
  if (word.kind !== 'shift') return withValue(state, word);
  return state.shift === 0 && state.open === null ? { ...state, shift: word.number, before: 'shift' } : null;
}

/** Replaces 2½ by 2.5 before NFKC, which would give 21⁄2. */
export const decimalFractions = (text: string): string =>
  text.replace(/(\d*)([¼½¾])/g, (_, whole: string, part: string) =>
    String(Number(whole) + ('¼½¾'.indexOf(part) + 1) / 4),
  );

/** Splits a text into words: ASCII digits, ½ as .5, "2-lakh" and "5k" as two words. */
const splitWords = (text: string): string[] =>
  decimalFractions(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(/(?<=(?:^|[^\d.,])\d{1,3}(?: \d{3})*) (?=\d{3}(?!\d))/g, '')
    .replace(/(\d)\s*-\s*(?=\D|$)/g, '$1 ')
    .replace(/(\d)(?=[^\d.,\s])/gu, '$1 ')
    .split(/[\s-]+/)
    .filter((word) => word !== '' && !fillerWords.has(word));

/** Larger numbers lose hundredths in double precision. */
const MAXIMUM = 1e13;

/**
 * Parses digits, number words and scales in English and Hindi (both scripts): "1.5 lakh" → 150000, "two hundred and
 * fifty" → 250, "paune do lakh" → 175000.
 * @returns null for an unknown word, two adjacent numbers, or a number above 10¹³.
 */
export function readNumber(text: string): number | null {
  let state: ParseState | null = INITIAL_STATE;
  for (const part of splitWords(text)) {
    const word = readWord(part);
    state = word === undefined ? null : withWord(state, word);
    if (state === null) return null;
  }
  if (state.before === 'start' || state.before === 'shift') return null;
  const value = Number((state.total + (state.open ?? 0)).toFixed(6));
  return value <= MAXIMUM ? value : null;
}
