/** Codes that a symbol or name may mean (ISO 4217), the usual one first. */
interface CurrencyName {
  readonly pattern: RegExp;
  readonly codes: readonly string[];
  /** Whether the first code holds where nothing else is said; "riyal" and "franc" alone are several currencies. */
  readonly hasDefault: boolean;
}

const name = (pattern: string, codes: string, hasDefault = true): CurrencyName => ({
  pattern: new RegExp(pattern, 'giu'),
  codes: codes.split(' '),
  hasDefault,
});
const word = (pattern: string): string => `(?<![\\p{L}\\p{M}])(?:${pattern})(?![\\p{L}\\p{M}])`;

/** Symbols and names, longer ones before their parts ("singapore dollars" before "dollars"). */
const names: readonly CurrencyName[] = [
  name(word('pakistani rupees?'), 'PKR'),
  name(word('(?:sri )?lankan rupees?'), 'LKR'),
  name(word('nepal(?:i|ese) rupees?'), 'NPR'),
  name(word('mauriti(?:an|us) rupees?'), 'MUR'),
  name(word('indian rupees?'), 'INR'),
  name(
    `₹|${word('rs\\.?|re\\.?(?=\\s*\\d)|rupees?|rupaye?|rupay|rupai|rupiya|rupaiye|rupaya|रुपये|रुपए|रुपया|रुपयों|रु\\.?|रू\\.?')}`,
    'INR PKR LKR NPR MUR',
  ),
  name(`(?<!\\p{L})s\\$|${word('sgd|singapore(?:an)? dollars?')}`, 'SGD'),
  name(`(?<!\\p{L})au?\\$|${word('aud|(?:australian|aussie) dollars?')}`, 'AUD'),
  name(`(?<!\\p{L})ca?\\$|${word('cad|canadian dollars?')}`, 'CAD'),
  name(`(?<!\\p{L})hk\\$|${word('hkd|hong ?kong dollars?')}`, 'HKD'),
  name(`(?<!\\p{L})nz\\$|${word('nzd|(?:new zealand|kiwi) dollars?')}`, 'NZD'),
  name(`(?<!\\p{L})us ?\\$|${word('(?:us|u\\.s\\.|american) dollars?')}`, 'USD'),
  name(`\\$|${word('dollars?|bucks?|डॉलर|डालर')}`, 'USD AUD CAD SGD HKD NZD TWD BND FJD JMD'),
  name(`€|${word('euros?|यूरो')}`, 'EUR'),
  name(word('egyptian pounds?'), 'EGP'),
  name(`£|${word('(?:pounds?|british pounds?)(?: sterling)?|sterling|quid|पाउंड')}`, 'GBP EGP'),
  name('¥', 'JPY CNY'),
  name(word('(?:japanese )?yen'), 'JPY'),
  name(word('(?:chinese )?yuan|rmb|renminbi'), 'CNY'),
  name(word('moroccan dirhams?'), 'MAD'),
  name(word('(?:uae |emirati )?(?:dirhams?|dhs?\\.?)'), 'AED MAD'),
  name(word('saudi (?:riyals?|rials?)'), 'SAR'),
  name(word('qatari? (?:riyals?|rials?)'), 'QAR'),
  name(word('omani? (?:riyals?|rials?)'), 'OMR'),
  name(word('riyals?|rials?'), 'SAR QAR OMR YER IRR', false),
  name(word('kuwaiti? dinars?'), 'KWD'),
  name(word('bahraini? dinars?'), 'BHD'),
  name(word('jordanian dinars?'), 'JOD'),
  name(word('dinars?'), 'KWD BHD JOD IQD RSD TND DZD LYD', false),
  name(word('swiss francs?'), 'CHF'),
  name(word('francs?'), 'CHF XOF XAF', false),
  name(word('swedish kron(?:a|or)|kronor'), 'SEK'),
  name(word('norwegian kroner?'), 'NOK'),
  name(word('danish kroner?'), 'DKK'),
  name(word('kron(?:a|er?)'), 'SEK NOK DKK ISK', false),
  name(word('mexican pesos?'), 'MXN'),
  name(word('(?:philippine|filipino) pesos?'), 'PHP'),
  name(word('pesos?'), 'MXN PHP ARS CLP COP', false),
  name(word('kenyan shillings?'), 'KES'),
  name(word('shillings?'), 'KES TZS UGX', false),
  name(`₩|${word('korean won')}|(?<=\\d\\s*)${word('won')}`, 'KRW'),
  name(`₽|${word('(?:roubles?|rubles?)')}`, 'RUB'),
  name(`฿|${word('(?:thai )?baht')}`, 'THB'),
  name(`₫|${word('(?:vietnamese )?dong')}`, 'VND'),
  name(`₺|${word('(?:turkish )?liras?')}`, 'TRY'),
  name(`₪|${word('shekels?')}`, 'ILS'),
  name(`₦|${word('nairas?')}`, 'NGN'),
  name(`৳|${word('takas?')}`, 'BDT'),
  name(word('ringgits?'), 'MYR'),
  name(word('rupiahs?'), 'IDR'),
  name(word('zlot(?:y|ys|ies)'), 'PLN'),
  name(word('(?:south african )?rands?'), 'ZAR'),
  name(word('brazilian reals?|reais'), 'BRL'),
  name(word('forints?'), 'HUF'),
  name(word('(?:czech )?koruna'), 'CZK'),
  name(word('hryvnias?'), 'UAH'),
  name(word('rufiyaas?'), 'MVR'),
  name(word('ngultrums?'), 'BTN'),
];

/** Codes that are read in any case; no word of the languages read here. */
const anyCaseCodes = word(
  'inr|usd|eur|gbp|jpy|aed|chf|cny|sar|qar|kwd|omr|bhd|thb|myr|lkr|npr|bdt|pkr|idr|krw|sek|nok|dkk|pln|czk|zar|brl|mxn|rub|ngn|kes|ils|php|vnd|mur|mvr|btn|huf|twd',
);
/** Further ISO 4217 codes, in capitals only: "try" and "all" are words. */
const capitalCodes =
  /(?<![\p{L}\p{M}])(?:AFN|ALL|AMD|ANG|AOA|ARS|AWG|AZN|BAM|BBD|BGN|BIF|BMD|BND|BOB|BSD|BWP|BYN|BZD|CDF|CLP|COP|CRC|CUP|CVE|DJF|DOP|DZD|EGP|ERN|ETB|FJD|GEL|GHS|GMD|GNF|GTQ|GYD|HNL|HTG|IQD|IRR|ISK|JMD|JOD|KGS|KHR|KMF|KYD|KZT|LAK|LBP|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|MRU|MWK|MZN|NAD|NIO|PAB|PEN|PGK|PYG|RON|RSD|RWF|SCR|SDG|SOS|SRD|SYP|SZL|TJS|TMT|TND|TOP|TRY|TTD|TZS|UAH|UGX|UYU|UZS|VES|XAF|XCD|XOF|XPF|YER|ZMW)(?![\p{L}\p{M}])/gu;
const codePattern = new RegExp(anyCaseCodes, 'giu');

/** Place of a currency in a text: nothing else of the text contains this character. */
export const CURRENCY_MARK = '¤';

/** A text with a mark in place of each currency. */
export interface CurrencySplit {
  /** ISO 4217 code; null for several or an unclear one. */
  readonly currency: string | null;
  /** Whether the text names any. */
  readonly isNamed: boolean;
  readonly rest: string;
}

/** The code on which all named currencies agree ("$5 USD", "Rs 500 INR"); null for a contradiction ("USD 5 EUR"). */
function agreed(found: readonly Omit<CurrencyName, 'pattern'>[]): string | null {
  const common = found.map(({ codes }) => codes).reduce((a, b) => a.filter((code) => b.includes(code)));
  const [first, ...others] = common;
  if (first === undefined) return null;
  const isClear = others.length === 0 || found.some(({ codes, hasDefault }) => hasDefault && codes[0] === first);
  return isClear ? first : null;
}

/** Finds the currencies of a text. @param fallback - the currency of a text that names none. */
export function splitCurrency(text: string, fallback: string): CurrencySplit {
  const found: Omit<CurrencyName, 'pattern'>[] = [];
  let rest = text;
  const replaceCode = (code: string): string => {
    found.push({ codes: [code.toUpperCase()], hasDefault: true });
    return CURRENCY_MARK;
  };
  for (const { pattern, ...one } of names)
    rest = rest.replace(pattern, () => {
      found.push(one);
      return CURRENCY_MARK;
    });
  rest = rest.replace(codePattern, replaceCode).replace(capitalCodes, replaceCode);
  const isNamed = found.length > 0;
  return { currency: isNamed ? agreed(found) : fallback, isNamed, rest };
}

/** Currencies whose smaller unit has this name. */
const minorUnits: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(?:paise|paisa|paisas|पैसे|पैसा)$/u, ['INR', 'PKR', 'NPR']],
  [/^(?:cents?|सेंट)$/u, ['USD', 'EUR', 'AUD', 'CAD', 'SGD', 'HKD', 'NZD', 'ZAR', 'LKR', 'MUR']],
  [/^(?:pence)$/u, ['GBP']],
  [/^(?:fils)$/u, ['AED']],
];

/** Currencies of a smaller unit such as "paise", the usual one first; [] for another word. */
export const currenciesOfMinorUnit = (unit: string): readonly string[] =>
  minorUnits.find(([pattern]) => pattern.test(unit))?.[1] ?? [];

/** Currencies with three decimals, so that 1.500 is one and a half. */
export const THREE_DECIMALS: ReadonlySet<string> = new Set(['KWD', 'BHD', 'OMR', 'JOD', 'IQD', 'TND', 'LYD']);
