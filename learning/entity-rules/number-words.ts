const units: Readonly<Record<string, number>> = {
  zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11,
  twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19,
  twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90, a: 1, an: 1,
  half: 0.5, quarter: 0.25,
  // Hindi, romanised and in Devanagari.
  ek: 1, do: 2, teen: 3, tin: 3, char: 4, chaar: 4, paanch: 5, panch: 5, chhe: 6, che: 6, saat: 7, sat: 7, aath: 8,
  nau: 9, das: 10, bees: 20, tees: 30, chalis: 40, pachas: 50, sath: 60, sattar: 70, assi: 80, nabbe: 90, dedh: 1.5,
  dhai: 2.5, adha: 0.5, aadha: 0.5, एक: 1, दो: 2, तीन: 3, चार: 4, पांच: 5, पाँच: 5, छह: 6, सात: 7, आठ: 8, नौ: 9,
  दस: 10, बीस: 20, पचास: 50, डेढ़: 1.5, ढाई: 2.5, आधा: 0.5,
}; // prettier-ignore

const scales: Readonly<Record<string, number>> = {
  hundred: 100, sau: 100, सौ: 100, thousand: 1e3, k: 1e3, hazar: 1e3, hazaar: 1e3, हजार: 1e3, हज़ार: 1e3, lakh: 1e5,
  lakhs: 1e5, lac: 1e5, lacs: 1e5, लाख: 1e5, million: 1e6, mn: 1e6, m: 1e6, crore: 1e7, crores: 1e7, cr: 1e7,
  करोड़: 1e7, billion: 1e9, bn: 1e9,
}; // prettier-ignore

/** Half more: sadhe teen = 3.5. */
const HALF_MORE = new Set(['sadhe', 'saadhe', 'साढ़े']);
const JOINING = new Set(['and', 'aur', 'of', 'और']);

const own = (table: Readonly<Record<string, number>>, word: string): number | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** Western or Indian grouping and decimals: 2,50,000.50. @returns undefined for anything else. */
export function readDigits(text: string): number | undefined {
  const plain = text
    .replace(/(?<=\d),(?=\d{2,3}(?:\D|$))/g, '')
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966));
  return /^\d+(?:\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

interface Sum {
  readonly total: number;
  /** What the next scale multiplies. */
  readonly current: number;
  readonly seen: boolean;
}

/** 1.5 + lakh closes a group; hundred stays inside one (two hundred thousand). */
function scaled({ total, current, seen }: Sum, scale: number): Sum {
  const value = (seen && current !== 0 ? current : 1) * scale;
  if (scale === 100) return { total, current: value, seen: true };
  return { total: total + value, current: 0, seen: true };
}

/**
 * Reads digits, number words and scales: "1.5 lakh" → 150000, "two hundred and fifty" → 250, "dhai hazaar" → 2500.
 * English, Hindi in both scripts. @returns null when a word is no number.
 */
export function readNumber(text: string): number | null {
  const words = text
    .toLowerCase()
    .replace(/(\d)\s*-\s*(?=\D|$)/g, '$1 ')
    .replace(/([\d०-९])(?=[^\d०-९.,\s])/gu, '$1 ')
    .split(/[\s-]+/)
    .filter((word) => word !== '' && !JOINING.has(word));
  let sum: Sum = { total: 0, current: 0, seen: false };
  let half = 0;
  for (const word of words) {
    if (HALF_MORE.has(word)) {
      half = 0.5;
      continue;
    }
    const value = readDigits(word) ?? own(units, word);
    const scale = own(scales, word);
    if (value === undefined && scale === undefined) return null;
    if (value === undefined) sum = scaled(sum, scale!);
    else sum = { ...sum, current: sum.current + value + half, seen: true };
    half = 0;
  }
  return sum.seen ? Number((sum.total + sum.current).toFixed(6)) : null;
}
