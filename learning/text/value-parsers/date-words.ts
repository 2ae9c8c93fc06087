import { MONTH_NAMES } from '../../time-series/calendar/index.js';
import { asciiDigits } from './number-words.js';

/** Pattern of an English month name or its abbreviation. */
export const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const months = MONTH_NAMES.map((name) => name.slice(0, 3));

/** Number of a month, 1 to 12. @param name - as matched by `MONTH`. */
export const monthNumber = (name: string): number => months.indexOf(name.toLowerCase().slice(0, 3)) + 1;

/** Pattern of an English weekday or its abbreviation. */
export const WEEKDAY = '(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?';
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Number of a weekday, 0 = Monday. @param name - as matched by `WEEKDAY`. */
export const weekdayNumber = (name: string): number =>
  weekdays.indexOf(name.toLowerCase().slice(0, 3) as (typeof weekdays)[number]);

/** English words of dates with their Hindi forms in Devanagari and romanised. */
// prettier-ignore
const hindiWords: Readonly<Record<string, string>> = {
  last: 'पिछले पिछली पिछला बीते गुज़रे pichle pichla pichli pichhle pichhla beete bite guzre gujre', next: 'अगले अगली अगला agle agla agli',
  today: 'आज aaj', now: 'अब अभी ab abhi', month: 'महीने महीना माह mahine mahina maheene maah', week: 'हफ्ते हफ्ता हफ़्ते सप्ताह hafte hafta haftey saptah',
  day: 'दिन दिनों din dino dinon', year: 'साल वर्ष saal sal varsh', ago: 'पहले pehle pahle', later: 'बाद baad', to: 'से se', till: 'तक tak',
  kal: 'कल', parso: 'परसों परसो parson',
  monday: 'सोमवार', tuesday: 'मंगलवार', wednesday: 'बुधवार', thursday: 'गुरुवार गुरूवार बृहस्पतिवार वीरवार veervar virvar', friday: 'शुक्रवार',
  saturday: 'शनिवार', sunday: 'रविवार इतवार',
  january: 'जनवरी janvari janwari', february: 'फरवरी फ़रवरी farvari farwari', march: 'मार्च', april: 'अप्रैल aprail', may: 'मई', june: 'जून', july: 'जुलाई julai',
  august: 'अगस्त agast', september: 'सितंबर सितम्बर sitambar sitamber', october: 'अक्टूबर अक्तूबर aktubar', november: 'नवंबर नवम्बर navambar',
  december: 'दिसंबर दिसम्बर disambar',
  tareekh: 'तारीख तारीख़ tarikh taarikh tareek tarik taareekh', morning: 'सुबह subah', evening: 'शाम shaam sham', night: 'रात raat', afternoon: 'दोपहर dopahar dopehar',
};

const englishWords: ReadonlyMap<string, string> = new Map(
  Object.entries(hindiWords).flatMap(([word, spellings]) =>
    spellings.split(' ').map((spelling): [string, string] => [spelling.normalize('NFKC'), word]),
  ),
);

/** Romanised Hindi weekdays end in -var, -vaar, -war or -waar. */
const romanisedWeekdays: readonly (readonly [RegExp, string])[] = [
  [/^som[vw]aa?r$/, 'monday'],
  [/^mangal[vw]aa?r$/, 'tuesday'],
  [/^budh[vw]aa?r$/, 'wednesday'],
  [/^(?:gur[uo]|brihaspati|veer|vir)[vw]aa?r$/, 'thursday'],
  [/^shukra?[vw]aa?r$/, 'friday'],
  [/^shani[vw]aa?r$/, 'saturday'],
  [/^(?:ra[vw]i|it)[vw]aa?r$/, 'sunday'],
];

/** Postpositions and particles, which leave a date as it is. */
const PARTICLES: ReadonlySet<string> = new Set(
  'ko ki ke ka hi mein me pe par wale wali को की के का ही में मे पे पर वाले वाली'
    .split(' ')
    .map((word) => word.normalize('NFKC')),
);

const englishWord = (word: string): string =>
  englishWords.get(word) ?? romanisedWeekdays.find(([pattern]) => pattern.test(word))?.[1] ?? word;

/** Hindi "is" and "इस" mean "this" before a Hindi word only; "is" alone is English. */
function withoutHindi(words: readonly string[]): string[] {
  const english = words.map(englishWord);
  return english.flatMap((word, i) => {
    const isBeforeHindi = english[i + 1] !== undefined && english[i + 1] !== words[i + 1];
    if (word === 'इस' || (word === 'is' && isBeforeHindi)) return ['this'];
    return i > 0 && PARTICLES.has(word) ? [] : [word];
  });
}

/**
 * Lower case, Hindi words translated to English and particles left out, invisible characters removed, single blanks,
 * none before a comma or full stop.
 */
export function normaliseDateText(text: string): string {
  const plain = asciiDigits(
    text
      .replace(/[\p{Cf}\p{Cc}]/gu, ' ')
      .normalize('NFKC')
      .toLowerCase(),
  )
    .replace(/[’`]/g, "'")
    .replace(/\s+(?=[,.;])/g, '')
    .replace(/(?<![\p{L}\p{M}])(?:aa?ne ?[vw]aa?l[ei]|आने ?वाल[ेी])(?![\p{L}\p{M}])/gu, 'next')
    .trim();
  return withoutHindi(plain.split(/\s+/))
    .join(' ')
    .replace(/^[([]+|[)\]]+$/g, '')
    .replace(/ till (?:date|now|today)$/, ' to today')
    .replace(/(?<!\S)(?:pehli|pahli|पहली) tareekh/g, '1 tareekh')
    .replace(/(?: till| to| to ago|[.,;!?])+$/, '')
    .trim();
}
