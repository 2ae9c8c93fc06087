import type { PersonalSpan } from './spans.js';

/**
 * Groups of digits with at most three separators between two, and an extension. The classes are disjoint, so that
 * matching is linear. Before it stands no letter, digit, slash or hyphen, as in references of statement lines.
 */
const CANDIDATE =
  /(?<![\p{L}\p{N}_/@.-]|[-/] )(?:\+ ?)?\(?\d+(?:[ .()-]{1,3}\d+)*(?:(?: ?x| ?ext\.? ?)\d{1,5})?(?![\p{L}\p{N}_@]|[-/.,:]\d|\/)/giu;

/** E.164 allows 15 digits; fewer than 7 are not told from other numbers. */
const [FEWEST_DIGITS, MOST_DIGITS] = [7, 15];
const FEWEST_INTERNATIONAL = 8;

const DATE = /^(?:(?:19|20)\d\d([-.])\d{1,2}\1\d{1,2}|\d{1,2}([-.])\d{1,2}\2(?:19|20)?\d\d)(?: \d{1,2})?$/;
/** Ten digits from 6 to 9 on, after 0 or 91 or neither: a mobile number of India's numbering plan. */
const INDIAN_MOBILE = /^(?:0|91)?[6-9]\d{9}$/;
/** Lengths of the groups in which an Indian mobile number is written. */
const INDIAN_GROUPS = /^(?:0,|91,)?(?:1?\d|5,5|3,3,4|4,3,3|3,4,3|2,4,4|4,6|6,5|3,7)$/;
/** Area code, exchange and line of the North American plan, after 1 or not. */
const AMERICAN_GROUPS = /^(?:1,)?3,3,4$/;
/** A national number begins with the trunk prefix 0 where the plan has one. */
const [FEWEST_AFTER_TRUNK, MOST_AFTER_TRUNK] = [9, 12];

const CALLED =
  /(?:\b(?:phones?|ph|mobile|mob|cell|tel|telephone|fax|desk|call(?:ed|ing)?|contact|whats ?app|reach|dial|ring|sms|text|messages? (?:to|from)|answer(?:ing)? (?:at|on)|registered)\b|\b(?:my|your|his|her|our|their) (?:new |old )?(?:number|no)\b)(?:[^?!\n]{0,40}|:\n)$/i;
const CALLED_AFTER = /^[ -]{0,2}\(?(?:phone|mobile|cell|office|home|work|desk|fax)\b/i;
const CONTEXT_LENGTH = 64;
/** Words that mark the number after them as something else. */
const OTHER_NUMBER =
  /\b(?:ref(?:erence)?|rrn|utr|txn|transaction|order|invoice|policy|folio|ticket|pnr|a\/c|ac|acc|acct|account|card|licen[cs]e|passport|ssn|social security|otp|pin|id|ifsc)\b[\s:#.-]{0,3}(?:(?:no|number|num|id|is|code)\b[\s:#.-]{0,3}){0,2}$/i;
const CURRENCY_BEFORE = /(?:[₹$€£]|\b(?:rs|inr|usd|eur|gbp)\.?)\s?$/i;
const AMOUNT_AFTER = /^\s?(?:rupees|rs\b|inr\b|lakh|crore|\/-|%)/i;

interface Candidate {
  readonly written: string;
  readonly digits: string;
  /** Lengths of the groups, joined by commas. */
  readonly layout: string;
  /** Text before it, its end. */
  readonly before: string;
}

const withoutExtension = (written: string): string => written.replace(/ ?(?:x|ext\.? ?)\d{1,5}$/i, '');

function describe(text: string, start: number, written: string): Candidate {
  const groups = withoutExtension(written).match(/\d+/g) ?? [];
  const before = text.slice(Math.max(0, start - CONTEXT_LENGTH), start);
  return { written, digits: groups.join(''), layout: groups.map(({ length }) => length).join(), before };
}

/** Forms that are telephone numbers wherever they stand. */
function isTelephoneForm({ written, digits, layout }: Candidate): boolean {
  if (/^\+|^\(\+/.test(written)) return digits.length >= FEWEST_INTERNATIONAL;
  if (INDIAN_MOBILE.test(digits) && INDIAN_GROUPS.test(layout)) return true;
  if (AMERICAN_GROUPS.test(layout)) return true;
  if (digits.startsWith('00') && digits.length > MOST_AFTER_TRUNK) return true;
  const isNational = digits.startsWith('0') && layout.includes(',');
  return isNational && digits.length >= FEWEST_AFTER_TRUNK && digits.length <= MOST_AFTER_TRUNK;
}

function isPhone(candidate: Candidate, after: string): boolean {
  const { written, digits, before } = candidate;
  if (digits.length < FEWEST_DIGITS || digits.length > MOST_DIGITS || DATE.test(written)) return false;
  if (CURRENCY_BEFORE.test(before) || AMOUNT_AFTER.test(after) || OTHER_NUMBER.test(before)) return false;
  return isTelephoneForm(candidate) || CALLED.test(before) || CALLED_AFTER.test(after);
}

/**
 * Telephone numbers: international ones, Indian mobile numbers, American ones, national ones with a trunk prefix, and
 * any number of 7 to 15 digits beside a word such as "phone" or "call". No number after "ref", "account" and the
 * like, and no date or amount.
 */
export function* findPhones(text: string): Generator<PersonalSpan> {
  for (const match of text.matchAll(CANDIDATE)) {
    const [written] = match;
    const [start, end] = [match.index, match.index + written.length];
    if (isPhone(describe(text, start, written), text.slice(end, end + 10))) yield { type: 'PHONE', start, end };
  }
}
