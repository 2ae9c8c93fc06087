import type { Random } from '../../../../../learning/numeric/random/index.js';
import { sum } from '../../../../../learning/numeric/statistics/sum.js';
import { difficulty } from '../difficulty.js';
import { chance, pick } from '../draws.js';
import type { TrueSpan } from '../customer.js';
import { familyCount } from '../families.js';
import { type Intent, intents, OUT_OF_SCOPE, outOfScope, strayUtterances } from './intents.js';
import { addPoliteness, addTypos, type Piece, lowerCaseWords } from './noise.js';
import { fillSlot, type SlotType } from './slots.js';

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

/** Splits a template at its slots and fills them. */
function piecesOf(random: Random, template: string, family: number): Piece[] {
  return template
    .split(/(\{[A-Z]+\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('{')) return { text: part, type: null };
      const type = part.slice(1, -1) as SlotType;
      return { text: fillSlot(random, type, family), type };
    });
}

interface Utterance {
  readonly pieces: Piece[];
  readonly family: number;
  readonly locale: string;
}

function composeFromIntent(random: Random, intent: Intent, place: number): Utterance {
  const frame = random.integer(intent.frames.length);
  const object = random.integer(intent.objects.length);
  const family = familyOf(place, frame, object);
  const hindi = intent.frames[frame]!.startsWith('hi:');
  const template = intent.frames[frame]!.replace('hi:', '').replace('{o}', intent.objects[object]!);
  return { pieces: piecesOf(random, template, family), family, locale: hindi ? 'hi-Latn' : 'en-IN' };
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
      : composeFromIntent(random, outOfScope, intents.length);
    return { ...utterance, intent: OUT_OF_SCOPE };
  }
  const intent = drawIntent(random);
  return { ...composeFromIntent(random, intent, intents.indexOf(intent)), intent: intent.name };
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
