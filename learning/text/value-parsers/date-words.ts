/** Pattern of an English month name or its abbreviation. */
export const MONTH =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;

/** Number of a month, 1 to 12. @param name - as matched by `MONTH`. */
export const monthNumber = (name: string): number =>
  months.indexOf(name.toLowerCase().slice(0, 3) as (typeof months)[number]) + 1;

/** Pattern of an English weekday or its abbreviation. */
export const WEEKDAY = '(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?';
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Number of a weekday, 0 = Monday. @param name - as matched by `WEEKDAY`. */
export const weekdayNumber = (name: string): number =>
  weekdays.indexOf(name.toLowerCase().slice(0, 3) as (typeof weekdays)[number]);

/** English words of dates with their Hindi forms in Devanagari and romanised. */
// prettier-ignore
const hindiWords: Readonly<Record<string, string>> = {
  last: 'पिछले पिछली पिछला pichle pichla pichli', next: 'अगले अगली अगला agle agla agli', this: 'इस is',
  today: 'आज aaj', month: 'महीने महीना माह mahine mahina', week: 'हफ्ते हफ्ता हफ़्ते सप्ताह hafte hafta',
  day: 'दिन din', year: 'साल वर्ष saal', ago: 'पहले pehle pahle', later: 'बाद baad', to: 'से se', till: 'तक tak',
  monday: 'सोमवार somvar somwar', tuesday: 'मंगलवार mangalvar mangalwar', wednesday: 'बुधवार budhvar budhwar',
  thursday: 'गुरुवार बृहस्पतिवार guruvar guruwar', friday: 'शुक्रवार shukravar shukrawar shukrvar',
  saturday: 'शनिवार shanivar shaniwar', sunday: 'रविवार इतवार ravivar raviwar itvar itwar',
  january: 'जनवरी', february: 'फरवरी फ़रवरी', march: 'मार्च', april: 'अप्रैल', may: 'मई', june: 'जून', july: 'जुलाई',
  august: 'अगस्त', september: 'सितंबर सितम्बर', october: 'अक्टूबर अक्तूबर', november: 'नवंबर नवम्बर',
  december: 'दिसंबर दिसम्बर',
};

const englishWords: ReadonlyMap<string, string> = new Map(
  Object.entries(hindiWords).flatMap(([word, spellings]) =>
    spellings.split(' ').map((spelling): [string, string] => [spelling.normalize('NFKC'), word]),
  ),
);

/** Lower case, Hindi words translated to English, invisible characters removed, single spaces. */
export const normaliseDateText = (text: string): string =>
  text
    .replace(/[\p{Cf}\p{Cc}]/gu, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(/[’`]/g, "'")
    .split(/\s+/)
    .map((word) => englishWords.get(word) ?? word)
    .join(' ')
    .replace(/(?: till|[.,;!?])+$/, '')
    .trim();
