import type { Random } from '../../../../../learning/numeric/random/index.js';
import { sum } from '../../../../../learning/numeric/statistics/sum.js';
import { difficulty } from '../difficulty.js';
import { chance, pick } from '../draws.js';
import type { TrueSpan } from '../customer.js';
import { familyCount, familyOfName } from '../families.js';
import { type Intent, intents, OUT_OF_SCOPE, outOfScope, strayUtterances } from './intents.js';
import { addPoliteness, addTypos, type Piece, lowerCaseWords } from './noise.js';
import { entityOf, fillSlot, type SlotType } from './slots.js';
import { drawAlternatives, type Wording, wordingsOf } from './wordings/index.js';

/** A message with its true intent and spans. */
export interface Message {
  readonly text: string;
  readonly intent: string;
  readonly family: number;
  readonly locale: string;
  readonly spans: readonly TrueSpan[];
}

const totalWeight = sum(intents.map(({ weight }) => weight));

function drawIntent(random: Random): Intent {
  let left = random.uniform() * totalWeight;
  return intents.find(({ weight }) => (left -= weight) < 0) ?? intents[0]!;
}

/** Family of a template. The factors distribute the templates of an intent over the families. */
const familyOf = (place: number, frame: number, object: number): number =>
  (place * 17 + frame * 11 + object * 23) % familyCount;

const SLOT = /(\{[A-Z]+(?::[^}]*)?\})/;

/** `{DATE}` is filled; `{DATE:next month}` has its text. */
function slotPiece(random: Random, slot: string, family: number): Piece {
  const [name, text] = slot.slice(1, -1).split(':') as [SlotType, string?];
  return { text: text ?? fillSlot(random, name, family), type: entityOf(name) };
}

/** Splits a template at its slots and fills them. */
const piecesOf = (random: Random, template: string, family: number): Piece[] =>
  template
    .split(SLOT)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? slotPiece(random, part, family) : { text: part, type: null }));

interface Utterance {
  readonly pieces: Piece[];
  readonly family: number;
  readonly locale: string;
}

const HINDI = 'hi:';
const localeOf = (template: string): string => (template.startsWith(HINDI) ? 'hi-Latn' : 'en-IN');

function composeFromIntent(random: Random, intent: Intent, place: number): Utterance {
  const frame = random.integer(intent.frames.length);
  const object = random.integer(intent.objects.length);
  const family = familyOf(place, frame, object);
  const template = intent.frames[frame]!.replace(HINDI, '').replace('{o}', intent.objects[object]!);
  return { pieces: piecesOf(random, template, family), family, locale: localeOf(intent.frames[frame]!) };
}

/** A whole wording; the family is that of the drawn text, so that a holdout has combinations unseen in training. */
function composeFromWordings(random: Random, wordings: readonly Wording[]): Utterance {
  const wording = pick(random, wordings);
  const template = drawAlternatives(random, wording.replace(HINDI, ''));
  const family = familyOfName(template);
  return { pieces: piecesOf(random, template, family), family, locale: localeOf(wording) };
}

/** A message of an intent: a whole wording, or a frame with an object. */
function composeIntent(random: Random, intent: Intent, place: number): Utterance {
  if (!chance(random, difficulty.text.wordingShare)) return composeFromIntent(random, intent, place);
  return composeFromWordings(random, wordingsOf(intent.name));
}

function composeStray(random: Random): Utterance {
  const index = random.integer(strayUtterances.length);
  return {
    pieces: [{ text: strayUtterances[index]!, type: null }],
    family: (index * 7) % familyCount,
    locale: 'en-IN',
  };
}

function composeUtterance(random: Random): Utterance & { readonly intent: string } {
  if (chance(random, difficulty.text.outOfScopeShare)) {
    const utterance = chance(random, difficulty.text.strayShare)
      ? composeStray(random)
      : composeIntent(random, outOfScope, intents.length);
    return { ...utterance, intent: OUT_OF_SCOPE };
  }
  const intent = drawIntent(random);
  return { ...composeIntent(random, intent, intents.indexOf(intent)), intent: intent.name };
}

/** Joins pieces to a text and returns the spans of the entities in it. */
export function joinPieces(pieces: readonly Piece[]): { text: string; spans: TrueSpan[] } {
  let text = '';
  const spans: TrueSpan[] = [];
  for (const piece of pieces) {
    if (piece.type !== null) spans.push({ type: piece.type, start: text.length, end: text.length + piece.text.length });
    text += piece.text;
  }
  return { text, spans };
}

/** Composes one message: an intent, a template, its entities, and noise (greetings, lower case, typos). */
export function composeMessage(random: Random): Message {
  const { pieces, ...utterance } = composeUtterance(random);
  const polite = addPoliteness(random, pieces);
  const cased = chance(random, 0.5) ? lowerCaseWords(polite) : polite;
  const typed = chance(random, difficulty.text.typoShare) ? addTypos(random, cased) : cased;
  return { ...utterance, ...joinPieces(typed) };
}

/** The annotator's label: the true intent, or a random one with the probability `intentLabelError`. */
export function labelOf(random: Random, intent: string): string {
  if (!chance(random, difficulty.text.intentLabelError)) return intent;
  return pick(random, intents).name;
}
