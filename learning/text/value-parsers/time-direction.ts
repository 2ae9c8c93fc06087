import type { TextContext } from './amounts.js';

/** Side of the reference day on which a date without a year or month lies. */
export type TimeDirection = 'past' | 'future';

const cue = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{M}\\p{Nd}'])(?:${words})(?![\\p{L}\\p{M}])`, 'iu');
const LINK = '(?:\\s*(?::|-|is|was|on|in|at|for|of|the|from|day|date|dt\\.?)(?![\\p{L}]))*\\s*$';
const beforeDate = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{M}])(?:${words})${LINK}`, 'iu');

/** Completed actions of an account. */
const PARTICIPLES =
  'paid|spent|sent|received|debited|credited|withdrawn|withdrew|deposited|transferred|charged|deducted|purchased|bought|used|done|made|posted|settled|refunded|reversed|returned|bounced|cleared|failed|declined|generated|booked|added|happened|earned|got|took|taken|gave|given|approved|closed|executed|processed|drawn|issued|dated|completed|cancelled|ordered|opened|lost|stolen|loaded|invested|collected|registered|lent|borrowed|swiped|submitted|applied|requested|visited|travelled|came|went|gone|arrived|reached';

/** Things that have a date: "cheque no. 7 dt. 04/05". */
const DOCUMENTS = 'cheque|check|chq|dd|invoice|bill|stmt|statement|txn|letter|order|receipt';

/** Words directly before a date, the strongest sign. */
const direct = {
  wasDue: beforeDate('(?:was|were|fell) due|overdue|past due'),
  future: beforeDate(
    'due(?: by)?|(?:booked|reserved) for|(?:postponed|moved) to|renewal|last date[^.;]{0,30}|pay(?:able)? by|payable|expires?|expiry|expiring|valid (?:till|until|upto|up to|thru|through)|matur(?:es|ing|ity)|lapses|renews|falls? due|deadline|scheduled|effective|post-?dated|starting|starts|begins',
  ),
  // "will be debited on" is no past.
  past: beforeDate(
    `(?<!post-?)dated|dtd\\.?|(?:${DOCUMENTS})[^,;]{0,20} dt\\.?|as (?:on|of)|since|(?<!\\bbe |\\bgets? )(?:${PARTICIPLES})`,
  ),
};

/** A cheque of a later day than that on which it is written. */
const POST_DATED = cue('post-?dated|pdcs?');

/** Verbs with a tense of their own. */
const tense = {
  future: cue(
    "will|shall|should|(?:i|we|he|she|it|they|you)'ll|won't|going to|gonna|must|ha(?:s|ve) to|to be|upcoming|next (?:payment|emi|bill|due|instal?lment|renewal)|is due|are due|chahiye|chaiye|चाहिए|(?!mega|omega|vega|challenge|revenge|avenge|college)[a-z]{2,}(?:unga|ungi|oonga|oongi|ega|egi|enge|engi|oge|ogi)|[dl](?:unga|ungi|oonga|oongi|ega|egi|enge|engi)|[a-z]+(?:na|ni|ne) (?:hai|hain|h|padega)|[\\p{L}\\p{M}]+(?:ूंगा|ूँगा|ूंगी|ूँगी|ेगा|ेगी|ेंगे|ेंगी|एगा|एगी|एंगे|एँगे|ओगे)|होगा|होगी|होंगे|[\\p{L}\\p{M}]+(?:ना|नी|ने) (?:है|हैं)|देय",
  ),
  past: cue(
    'was|were|did|had|ha(?:s|ve) been|have i|ago|overdue|tha|thi|(?:kiye|bheje|diye|liye|mile|aaye|aye|gaye|hue|kate|bhare|nikale|kharche|bachaye|chukaye|lagaye|dale|khareede) the|था|थी|थे',
  ),
};

/** Requests and completed actions without an auxiliary verb. */
const action = {
  future: cue(
    'pay(?! ?slip)|send|transfer|move|set ?up|schedule|remind|reminder|renew|recharge|invest|book|reserve|split|due|payable|block|stop|cancel|raise|increase|postpone|appointment|bhejo|bhej (?:do|dena|dijiye)|karo|kar (?:do|dena|dijiye)|de (?:do|dena|dijiye)|dijiye|kijiye|bharo|bhejna|karna|dena(?! bank)|bharna|chukana|भेजना|करना|देना|भरना|करें|कीजिए|करो|दीजिए|भेजें|भेजो|भेजिए',
  ),
  past: cue(
    `(?<!\\bgets? |\\bbe |\\bbeing )(?:${PARTICIPLES})|kiya|kiye|bheja|bheje|diya|diye|liya|mila|mile|mili|aaya|aaye|aayi|gaya|gaye|gayi|hua|hue|hui|kata|kate|kati|bhara|nikala|nikale|kharida|bachaye|bachaya|chukaya|kamaya|किया|किए|की गई|दिया|दिए|लिया|मिला|मिले|मिली|हुआ|हुए|हुई|गया|गए|गयी|गई|भेजा|भेजे|कटा|कटे|आया|आए|आये|निकाला|निकाले|कमाया|बचाए`,
  ),
};

/** Questions and searches, in which "payment" and "transfer" are things and not requests. */
const LOOKUP = cue(
  'show|see|view|tell|check|find|list|download|search|details?|how|what|why|where|when|which|kya|kitna|kitne|kitni|क्या|कितना|कितने',
);

/** Reported, doubtful and repeated things have no side: "he said he would pay on Monday", "kata hoga", "every month". */
const NO_SIDE = cue(
  '(?:kiy|diy|liy|gay|hu|kat|aay|mil|bhej|bhar|nikal|kharid)(?:a|e|i) ho(?:ga|gi|nge)|[\\p{L}\\p{M}]*(?<!न)[ाेीएई] हो(?:गा|गी|ंगे)|would(?! like)|supposed|promised|every|each (?:month|week|year)|har (?:mahine|hafte|saal|mahina)|हर (?:महीने|हफ्ते|साल)',
);

/** What is only ever listed after it happened. */
const RECORDS = cue(
  'transactions?|payments|transfers|movements|statements?|spends?|spending|expenses?|history|neft|imps|rtgs|ach|ecs|pos|wdl|chq|txn|narration|withdrawals?',
);

/** Ends of a statement: sentence marks (not those of abbreviations) and contrasting words. */
const CLAUSE_END =
  /[;!?\n।]|(?<!\b(?:rs|re|no|inr|dr|cr|amt|bal|avl|dtd?|chq|a\/c|ac|st|mr|mrs|ms|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec))\.(?=\s|$)|\b(?:but|lekin|magar|phir|whereas)\b/giu;

/** The part of a text after its last clause end, or before its first. */
function clauseOf({ before = '', after = '' }: TextContext): { readonly before: string; readonly after: string } {
  const last = [...before.matchAll(CLAUSE_END)].at(-1);
  const next = [...after.matchAll(CLAUSE_END)][0];
  return {
    before: last === undefined ? before : before.slice(last.index + last[0].length),
    after: next === undefined ? after : after.slice(0, next.index),
  };
}

interface Cues {
  readonly future: RegExp;
  readonly past: RegExp;
}

/** The one direction for which there is a word; undefined without any, null with both. */
function sideOf({ future, past }: Cues, text: string): TimeDirection | null | undefined {
  const [isFuture, isPast] = [future.test(text), past.test(text)];
  if (isFuture === isPast) return isFuture ? null : undefined;
  return isFuture ? 'future' : 'past';
}

/** The direction of requests, participles and nouns; a request inside a question or beside records is none. */
function sideOfActions(clause: string): TimeDirection | null | undefined {
  const side = sideOf(action, clause);
  const isRecord = RECORDS.test(clause);
  if (side === 'future' && (isRecord || LOOKUP.test(clause))) return null;
  return side ?? (side === undefined && isRecord ? 'past' : side);
}

/** "post-dated cheque, dated 04/05" lies ahead, unless something happened to the cheque since: "… has bounced". */
const sideOfPostDated = (after: string): TimeDirection | null =>
  tense.past.test(after) || action.past.test(after) ? null : 'future';

/** "by 5 March" and "5 March tak": a deadline, unless the clause tells of the past. */
const DEADLINE_BEFORE = beforeDate('by|on or before|no later than|latest by');
const DEADLINE_AFTER = /^\s*(?:tak|तक|(?:se|से) (?:pehle|pahle|पहले))(?![\p{L}\p{M}])/iu;

/** Longest context that is read on either side. */
const MAXIMUM_CONTEXT = 300;

const clip = ({ before = '', after = '' }: TextContext): TextContext => ({
  before: before.slice(-MAXIMUM_CONTEXT),
  after: after.slice(0, MAXIMUM_CONTEXT),
});

/**
 * Whether the words around a date speak of the past or of the future: "due", "dated" and the like directly before it, then
 * the tense of the clause ("will be debited", "kiya tha"), then requests and participles, then nouns such as "expenses".
 * @returns null without such words, or with words for both sides of the same rank.
 */
export function timeDirection(context: TextContext): TimeDirection | null {
  const { before, after } = clauseOf(clip(context));
  if (direct.wasDue.test(before)) return 'past';
  if (direct.future.test(before)) return 'future';
  if (direct.past.test(before)) return POST_DATED.test(before) ? sideOfPostDated(after) : 'past';
  const clause = `${before} ¦ ${after}`;
  if (NO_SIDE.test(clause)) return null;
  const byTense = sideOf(tense, clause);
  if (byTense !== undefined) return byTense;
  const byAction = sideOfActions(clause);
  // "paid by 5 March" may be both; "5 March tak kharch hue" is past.
  if (DEADLINE_BEFORE.test(before)) return byAction === 'past' ? null : 'future';
  return byAction ?? (byAction === undefined && DEADLINE_AFTER.test(after) ? 'future' : null);
}
