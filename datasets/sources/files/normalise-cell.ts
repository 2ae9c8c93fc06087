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

function asciiOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCodePoint(code - FULL_WIDTH);
  const zero = ZEROS.find((one) => code >= one && code < one + 10);
  return zero === undefined ? character : String(code - zero);
}

/** A number or date in ASCII digits and signs, without what spreadsheets put in front. */
export function normaliseCell(text: string): string {
  const own = unescaped(text).trim();
  return /[^\p{ASCII}]/u.test(own) ? own.replace(/[\p{Nd}\uff01-\uff5e]/gu, asciiOf) : own;
}

/** `20260131T101500Z`, `20260131 1015`, `20260131101500`. */
const COMPACT = /^((?:19|20)\d{2})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})(\.\d+)?|[T ](\d{2})(\d{2}))(?=\D|$)/i;
const ORDINAL = /(\d)(?:st|nd|rd|th)\b(?:\s+of\b)?/i;
/** The zone that an offset before it says too: `+05:30[Asia/Kolkata]`, `GMT+0530 (India Standard Time)`. */
const EXPLAINED = /([+-]\d{2}:?\d{2}|Z)\s*(?:\[[\w/+-]+\]|\([\p{L} ]+\))$/u;
const INDIAN_TIME = /(\d|[ap]m)\s*(?:\(?IST\)?|\[?Asia\/(?:Kolkata|Calcutta)\]?)$/i;
const OFFSET_OF_UTC = /(?:UTC|GMT)\s*([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/** Compact ISO 8601 with its signs. */
function withSigns(text: string): string {
  const found = COMPACT.exec(text);
  if (found === null) return text;
  const [all, year, month, day, hour = found[8]!, minute = found[9]!, second = '00', fraction = ''] = found;
  return `${year!}-${month!}-${day!}T${hour}:${minute}:${second}${fraction}${text.slice(all.length)}`;
}

/** `UTC+5:30` as offset. */
function withOffset(text: string): string {
  const [all = '', sign = '', hours = '', minutes = '00'] = OFFSET_OF_UTC.exec(text) ?? [];
  return all === '' ? text : `${text.slice(0, -all.length)}${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/**
 * A date or time in the forms that the readers know: with ASCII digits, an ordinal as number, compact ISO 8601 with its
 * signs, and India's time as offset.
 */
export function normaliseMoment(text: string): string {
  const ascii = withSigns(normaliseCell(text)).replace(ORDINAL, '$1');
  return withOffset(ascii.replace(EXPLAINED, '$1').replace(INDIAN_TIME, '$1+05:30'));
}
