/** Number words in English and in Hindi, romanised and in Devanagari; spellings that people use are side by side. */
const spelled: readonly (readonly [number, string])[] = [
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
/** What a word changes about the number after it: sadhe teen = 3.5, paune do = 1.75, sawa lakh = 1.25 lakh. */
const shifts: readonly (readonly [number, string])[] = [
  [0.5, 'sadhe saadhe saade साढ़े'],
  [0.25, 'sawa सवा'],
  [-0.25, 'paune pauna पौने'],
];
/** "half a lakh", "two hundred and fifty". */
const silent = new Set(['and', 'aur', 'of', 'a', 'an', 'और']);

type Word =
  | { readonly kind: 'value' | 'fraction' | 'scale' | 'shift'; readonly number: number }
  | { readonly kind: 'digits'; readonly number: number };

const entries = (kind: Word['kind'], table: readonly (readonly [number, string])[]): [string, Word][] =>
  table.flatMap(([number, words]) => words.split(' ').map((word): [string, Word] => [word.normalize('NFKC'), { kind, number }])); // prettier-ignore

const vocabulary: ReadonlyMap<string, Word> = new Map([
  ...entries('value', spelled),
  ...entries('fraction', fractions),
  ...entries('scale', scales),
  ...entries('shift', shifts),
]);

const PLAIN = /^(?:\d+(?:\.\d+)?|\.\d+)$/;
const WESTERN = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const INDIAN = /^\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d+)?$/;
/** 1.234,56 and 12,5: a comma before one or two last digits groups nothing. */
const CONTINENTAL = /^(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}$/;

/** Western, Indian or continental grouping and decimals: 2,50,000.50. @returns undefined for anything else. */
export function readDigits(text: string): number | undefined {
  if (PLAIN.test(text)) return Number(text);
  if (WESTERN.test(text) || INDIAN.test(text)) return Number(text.replaceAll(',', ''));
  return CONTINENTAL.test(text) ? Number(text.replaceAll('.', '').replace(',', '.')) : undefined;
}

function readWord(text: string): Word | undefined {
  const number = readDigits(text);
  return number === undefined ? vocabulary.get(text) : { kind: 'digits', number };
}

/** What has been read: groups that a scale has closed, and the open one, which the next scale multiplies. */
interface Sum {
  readonly total: number;
  readonly open: number | null;
  /** Scale of the last closed group: further ones must be smaller. */
  readonly scale: number;
  readonly before: Word['kind'] | 'start';
  readonly shift: number;
}

const START: Sum = { total: 0, open: null, scale: Infinity, before: 'start', shift: 0 };

/** Twenty five, hundred fifty; but not "500 1000" or "five six", which are two numbers. */
function follows({ open, before }: Sum, { kind, number }: Word): boolean {
  if (open === null) return true;
  if (kind === 'fraction') return before === 'value' || before === 'digits';
  if (open >= 100 && before === 'scale') return number < 100;
  return kind === 'value' && before === 'value' && open % 10 === 0 && open % 100 >= 20 && number < 10 && number > 0;
}

function withValue(sum: Sum, word: Word): Sum | null {
  if (!follows(sum, word)) return null;
  return { ...sum, open: (sum.open ?? 0) + word.number + sum.shift, before: word.kind, shift: 0 };
}

/** 1.5 + lakh closes a group; hundred stays in one (two hundred thousand); lakh crore multiplies the group before. */
function withScale(sum: Sum, scale: number): Sum | null {
  const { open, total, before, shift } = sum;
  if (scale === 100) return open !== null && open >= 100 ? null : { ...sum, open: ((open ?? 1) + shift) * 100, before: 'scale', shift: 0 }; // prettier-ignore
  if (before === 'scale' && open === null) return scale > sum.scale ? { ...sum, total: total * scale, scale } : null;
  if (scale >= sum.scale) return null;
  return { total: total + ((open ?? 1) + shift) * scale, open: null, scale, before: 'scale', shift: 0 };
}

function withWord(sum: Sum, word: Word): Sum | null {
  if (word.kind === 'scale') return withScale(sum, word.number);
  if (word.kind !== 'shift') return withValue(sum, word);
  return sum.shift === 0 && sum.open === null ? { ...sum, shift: word.number, before: 'shift' } : null;
}

/** 2½ as 2.5; Unicode's compatible form of it would be 21⁄2. */
export const decimalFractions = (text: string): string =>
  text.replace(/(\d*)([¼½¾])/g, (_, whole: string, part: string) =>
    String(Number(whole) + ('¼½¾'.indexOf(part) + 1) / 4),
  );

/** Devanagari digits as 0 to 9, ½ as .5, "2-lakh" and "5k" as two words. */
const wordsOf = (text: string): string[] =>
  decimalFractions(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(/(?<=(?:^|[^\d.,])\d{1,3}(?: \d{3})*) (?=\d{3}(?!\d))/g, '')
    .replace(/(\d)\s*-\s*(?=\D|$)/g, '$1 ')
    .replace(/(\d)(?=[^\d.,\s])/gu, '$1 ')
    .split(/[\s-]+/)
    .filter((word) => word !== '' && !silent.has(word));

/** Above it a double no longer holds paise. */
const LARGEST = 1e13;

/**
 * Reads digits, number words and scales: "1.5 lakh" → 150000, "two hundred and fifty" → 250, "paune do lakh" → 175000.
 * English, Hindi in both scripts.
 * @returns null when a word is no number, when there are two numbers side by side, or beyond 10¹³.
 */
export function readNumber(text: string): number | null {
  let sum: Sum | null = START;
  for (const text_ of wordsOf(text)) {
    const word = readWord(text_);
    sum = word === undefined ? null : withWord(sum, word);
    if (sum === null) return null;
  }
  if (sum.before === 'start' || sum.before === 'shift') return null;
  const value = Number((sum.total + (sum.open ?? 0)).toFixed(6));
  return value <= LARGEST ? value : null;
}
