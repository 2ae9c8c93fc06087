import type { Random } from '../../../../../learning/numeric/random/index.js';
import { difficulty } from '../difficulty.js';
import { chance, pick } from '../draws.js';
import type { TrueSpan } from '../customer.js';
import { familyCount } from '../families.js';
import { type Intent, intents, OUT_OF_SCOPE, outOfScope, strays } from './intents.js';
import { addManners, addTypos, type Piece, writeSmall } from './noise.js';
import { fillSlot, type SlotType } from './slots.js';

/** A message with what is true about it. */
export interface Message {
  readonly text: string;
  readonly intent: string;
  readonly family: number;
  readonly locale: string;
  readonly spans: readonly TrueSpan[];
}

const totalWeight = intents.reduce((sum, { weight }) => sum + weight, 0);

function drawIntent(random: Random): Intent {
  let left = random.uniform() * totalWeight;
  return intents.find(({ weight }) => (left -= weight) < 0) ?? intents[0]!;
}

/** Fixed by the wording alone. The factors spread the wordings of an intent over the families. */
const familyOf = (place: number, frame: number, object: number): number =>
  (place * 17 + frame * 11 + object * 23) % familyCount;

/** Cuts a template at its slots and fills them. */
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

interface Wording {
  readonly pieces: Piece[];
  readonly family: number;
  readonly locale: string;
}

function word(random: Random, intent: Intent, place: number): Wording {
  const frame = random.integer(intent.frames.length);
  const object = random.integer(intent.objects.length);
  const family = familyOf(place, frame, object);
  const hindi = intent.frames[frame]!.startsWith('hi:');
  const template = intent.frames[frame]!.replace('hi:', '').replace('{o}', intent.objects[object]!);
  return { pieces: piecesOf(random, template, family), family, locale: hindi ? 'hi-Latn' : 'en-IN' };
}

function wordStray(random: Random): Wording {
  const index = random.integer(strays.length);
  return { pieces: [{ text: strays[index]!, type: null }], family: (index * 7) % familyCount, locale: 'en-IN' };
}

function wordAnything(random: Random): Wording & { readonly intent: string } {
  if (chance(random, difficulty.text.outOfScopeShare)) {
    const wording = chance(random, difficulty.text.strayShare)
      ? wordStray(random)
      : word(random, outOfScope, intents.length);
    return { ...wording, intent: OUT_OF_SCOPE };
  }
  const intent = drawIntent(random);
  return { ...word(random, intent, intents.indexOf(intent)), intent: intent.name };
}

/** Joins pieces; the spans are counted while joining, hence exact. */
export function joinPieces(pieces: readonly Piece[]): { text: string; spans: TrueSpan[] } {
  let text = '';
  const spans: TrueSpan[] = [];
  for (const piece of pieces) {
    if (piece.type !== null) spans.push({ type: piece.type, start: text.length, end: text.length + piece.text.length });
    text += piece.text;
  }
  return { text, spans };
}

/** Writes one message: an intent, a wording, its entities, and the sloppiness of chat. */
export function composeMessage(random: Random): Message {
  const { pieces, ...about } = wordAnything(random);
  const polite = addManners(random, pieces);
  const small = chance(random, 0.5) ? writeSmall(polite) : polite;
  const typed = chance(random, difficulty.text.typoShare) ? addTypos(random, small) : small;
  return { ...about, ...joinPieces(typed) };
}

/** A label as a tired annotator gives it: now and then one of the others. */
export function labelOf(random: Random, intent: string): string {
  if (!chance(random, difficulty.text.intentLabelError)) return intent;
  return pick(random, intents).name;
}
