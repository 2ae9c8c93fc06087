import type { PersonalSpan } from './spans.js';

const WORD = String.raw`\p{Lu}[\p{L}\p{M}'’-]*\.?`;
const PARTICLE = '(?:de|da|do|dos|van|von|der|den|bin|binti|al|el|la|le|del|di)';
/** Up to five capitalised words, with particles between them. Sticky: it is tried where a cue ends. */
const NAME = new RegExp(String.raw`${WORD}(?: (?:${PARTICLE} ){0,2}${WORD}){0,4}`, 'uy');

/** Forms of address; what follows is a name even when it is one word. After a capitalised word "Dr" is a drive. */
const TITLE =
  /(?<![\p{L}\p{N}])(?:Mr|Mrs|Ms|Miss|Mx|(?<!\p{Lu}\p{L}* )Dr|Prof|Shri|Sri|Smt|Kum|Kumari|Herr|Frau)\.? (?=\p{Lu})/gu;
/** Phrases before a name. */
const INTRODUCED =
  /(?<![\p{L}\p{N}])(?:(?:my|his|her|your|their|whose|full|first|last|customer|patient|user)(?:'s)? name(?:'s| is|:)|name\s?:|named|call me|account holder(?: is|:)?|beneficiary(?: name)?(?: is|:)?|payee(?: is|:)?|nominee(?: is|:)?|dear|[sdwc]\/o|(?:best|kind|warm)? ?regards,|sincerely,|yours truly,)\s{1,2}(?=\p{Lu})/giu;
/** Words that stand capitalised after such a phrase and name nobody. */
const NOBODY = /^(?:The|A|An|This|That|Sir|Madam|Sirs|Customer|Customers|Team|Support|All|Friend|User|Not|In|On|I)\b/u;

/** Fields of statement lines that hold the other party of a transfer, a person or a company. */
const PARTIES: readonly RegExp[] = [
  /(?<=(?:^|\s)UPI-)[^-@/\n]{2,60}(?=-[^@\s-]*@)/gu,
  /(?<=UPI\/(?:DR|CR)\/\d{6,20}\/)[^/\n]{2,60}(?=\/|$)/gu,
  /(?<=IMPS\/(?:P2A\/|P2M\/)?\d{6,20}\/)[^/\n]{2,60}(?=\/|$)/gu,
  /(?<=(?:NEFT|RTGS|IMPS)[-/][A-Z0-9]{6,25}[-/])[^-/\n]{2,60}(?=[-/]|$)/gu,
  /(?<=ACH [DC]- )[^-\n]{2,60}(?=-\d)/gu,
];

/** The first line of a signature or of an address: a name alone, before further lines. */
const FIRST_LINE = new RegExp(
  String.raw`^(?:\W{1,5}\s)?(?=${WORD} (?:${PARTICLE} ){0,2}${WORD}(?: ${WORD}){0,2}\s?\n)`,
  'gu',
);
/** Shorter words and initials are too common to be looked for elsewhere. */
const FEWEST_LETTERS = 3;

function nameAt(text: string, at: number): PersonalSpan | null {
  NAME.lastIndex = at;
  const found = NAME.exec(text)?.[0].replace(/(?<=\p{L}{3})\.$/u, '');
  return found === undefined || NOBODY.test(found) ? null : { type: 'NAME', start: at, end: at + found.length };
}

function* afterCues(text: string, cue: RegExp): Generator<PersonalSpan> {
  for (const match of text.matchAll(cue)) {
    const found = nameAt(text, match.index + match[0].length);
    if (found) yield found;
  }
}

function* parties(text: string): Generator<PersonalSpan> {
  for (const pattern of PARTIES)
    for (const { index, 0: found } of text.matchAll(pattern))
      if (/\p{L}{2}/u.test(found)) yield { type: 'NAME', start: index, end: index + found.length };
}

/** Other occurrences of the words of names, such as a first name alone. */
function* repeated(text: string, names: readonly PersonalSpan[]): Generator<PersonalSpan> {
  const words = new Set(
    names.flatMap(({ start, end }) => text.slice(start, end).match(/\p{Lu}[\p{L}\p{M}'’-]+/gu) ?? []),
  );
  for (const { index, 0: word } of text.matchAll(/(?<![\p{L}\p{N}.@])\p{Lu}[\p{L}\p{M}'’-]+/gu))
    if (word.length >= FEWEST_LETTERS && words.has(word))
      yield { type: 'NAME', start: index, end: index + word.length };
}

/**
 * Names that something around them marks: a title, a phrase such as "my name is" or "s/o", a line of its own
 * at the start, or their field of a UPI, IMPS, NEFT or mandate line; and their words elsewhere in the text. A name without such a mark is found by a tagger only.
 */
export function* findNames(text: string): Generator<PersonalSpan> {
  const marked = [...afterCues(text, TITLE), ...afterCues(text, INTRODUCED), ...afterCues(text, FIRST_LINE)];
  yield* marked;
  yield* parties(text);
  yield* repeated(text, marked);
}
