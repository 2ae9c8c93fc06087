/** `="00123"`, and `'00123` before a code or number: how spreadsheets keep digits as text. */
const FORMULA = /^=\s*"([^"]*)"$/;
const APOSTROPHE = /^['’](?=\S*\p{Nd})(\S.*[^'’\s]|\S)$/u;

/** A text without the signs by which spreadsheets mark it as one. */
export function unescaped(text: string): string {
  const first = text.trimStart()[0];
  if (first !== '=' && first !== "'" && first !== '’') return text;
  const trimmed = text.trim();
  return FORMULA.exec(trimmed)?.[1] ?? APOSTROPHE.exec(trimmed)?.[1] ?? text;
}

/** Code points of zero: Arabic, Persian and Urdu, and the scripts of India from Devanagari to Malayalam. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66];
/** Full-width forms are ASCII at another place. */
const FULL_WIDTH = 0xfee0;
/** Arabic signs between thousands and before the fraction. */
const ARABIC_SIGNS: Readonly<Record<string, string>> = { '\u066c': ',', '\u066b': '.' };
/** Blanks of no width and marks of writing direction, which spreadsheets and web pages leave in copied cells. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

function asciiOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - FULL_WIDTH);
  const zero = ZEROS.find((one) => code >= one && code < one + 10);
  return zero === undefined ? (ARABIC_SIGNS[character] ?? character) : String(code - zero);
}

const inAscii = (text: string): string =>
  text.replace(INVISIBLE, '').replace(/[\p{Nd}\u066b\u066c\uff01-\uff5e]/gu, asciiOf);

/** A number or date in ASCII digits and signs, without what spreadsheets put in front. */
export function normaliseCell(text: string): string {
  const own = unescaped(text).trim();
  return /[^\p{ASCII}]/u.test(own) ? inAscii(own).trim() : own;
}

/** `20260131T101500Z`, `20260131 1015`, `20260131101500`. */
const COMPACT = /^((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})(\.\d+)?|[T ](\d{2})(\d{2}))(?=\D|$)/i;
const ORDINAL = /(\d)(?:st|nd|rd|th)\b(?:\s+of\b)?/i;
/** The zone that an offset before it says too: `+05:30[Asia/Kolkata]`, `GMT+0530 (India Standard Time)`. */
const EXPLAINED = /([+-]\d{2}:?\d{2}|Z)\s*(?:\[[\w/+-]+\]|\([\p{L} ]+\))$/u;
/** `2.05.00.000000 PM` and `10.15.00` after a day, as Oracle and DB2 write times, and `:10:15:00` as SAS and logs do. */
const DOTTED_TIME = /(\d)[\sT-]+(\d{1,2})\.(\d{2})\.(\d{2})(?!\d)/i;
const JOINED_TIME = /(\d{4}):(\d{2}:\d{2}(?::\d{2})?)(?=\D|$)/;
/** `Sat Jan 31 10:15:00 IST 2026`, as Unix and Java write it. */
const YEAR_AT_END = /^(?:[a-z]{3} )?([a-z]{3}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})(?: ([a-z]{3,4}|[+-]\d{4}))? (\d{4})$/i;
const HOURS = /(:\d{2})\s*(?:hrs?|hours)\.?$/i;
const DASHES = /[\u2010-\u2014\u2212]/g;
const INDIAN_TIME = /(\d|[ap]m)\s*(?:\(?IST\)?|\[?Asia\/(?:Kolkata|Calcutta)\]?)$/i;
const OFFSET_OF_UTC = /(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/** Compact ISO 8601 with its signs. */
function withSigns(text: string): string {
  const found = COMPACT.exec(text);
  if (found === null) return text;
  const [all, year, month, day, hour = found[8]!, minute = found[9]!, second = '00', fraction = ''] = found;
  return `${year!}-${month!}-${day!}T${hour}:${minute}:${second}${fraction}${text.slice(all.length)}`;
}

/** The year, day and time in the order that the readers know, with colons in the time. */
function withUsualTime(text: string): string {
  const ordered = text.replace(YEAR_AT_END, '$2 $1 $5 $3 $4');
  return ordered.trim().replace(DOTTED_TIME, '$1 $2:$3:$4').replace(JOINED_TIME, '$1 $2').replace(HOURS, '$1');
}

/** `UTC+5:30` as offset. */
function withOffset(text: string): string {
  const [all = '', sign = '', hours = '', minutes = '00'] = OFFSET_OF_UTC.exec(text) ?? [];
  return all === '' ? text : `${text.slice(0, -all.length)}${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/**
 * A date or time in the forms that the readers know: with ASCII digits, an ordinal as number, compact ISO 8601 with its
 * signs, times as Oracle, DB2, SAS and Unix write them with colons and after the year, and India's time as offset.
 */
export function normaliseMoment(text: string): string {
  const ascii = withSigns(normaliseCell(text).replace(DASHES, '-')).replace(ORDINAL, '$1');
  return withOffset(withUsualTime(ascii).replace(EXPLAINED, '$1').replace(INDIAN_TIME, '$1+05:30'));
}
