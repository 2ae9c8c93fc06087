import {
  tokenise,
  type ExplainedEntity,
  type FeatureWeight,
  type Token,
} from '../../../learning/text/sequence-tagging/index.js';
import type { NerAnswer, NerEntity, NerRequest } from './request.js';
import { lookedAt, type Neighbour } from './reason-templates.js';

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** What the model looked at in one word of an entity. */
export interface EntityReason {
  readonly token: string;
  readonly text: string;
  /** Added to the score of the word's label; positive speaks for it. */
  readonly weight: number;
}

/** An entity of the answer, and why it is there. */
export interface EntityExplanation extends Pick<
  NerEntity,
  'type' | 'start' | 'end' | 'text' | 'confidence' | 'source'
> {
  readonly sentence: string;
  /** The strongest first; empty for a rule, and for an encoder, which has no weights to show. */
  readonly reasons: readonly EntityReason[];
}

/** Words around a word of the entity; unknown where the model cut the text otherwise. */
function neighbourOf(tokens: readonly Token[], { start, end }: NerEntity, word: string): Neighbour {
  const at = tokens.findIndex((token) => token.start >= start && token.end <= end && token.text === word);
  return (offset) => (at < 0 ? null : (tokens[at + offset]?.text ?? null));
}

/** Features that look at the same thing are one reason. */
function reasonsOf(weights: readonly FeatureWeight[], tokens: readonly Token[], entity: NerEntity): EntityReason[] {
  const found = new Map<string, EntityReason>();
  for (const { token, feature, weight } of weights) {
    const text = `${lookedAt(feature, neighbourOf(tokens, entity, token))} "${token}"`;
    const before = found.get(text)?.weight ?? 0;
    found.set(text, { token, text, weight: rounded(before + weight) });
  }
  return [...found.values()].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/** Places that features look at beside a word. */
const REACH = 2;

/** The tokens of an entity with those beside it: a long text is not searched for each. */
function around(tokens: readonly Token[], { start, end }: NerEntity): readonly Token[] {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.end <= start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < tokens.length && tokens[last]!.start < end) last += 1;
  return tokens.slice(Math.max(0, low - REACH), last + REACH);
}

/** More than this is a list nobody reads. */
const SAID = 3;

function whyOf({ source, value }: NerEntity, reasons: readonly EntityReason[]): string {
  if (source === 'rule')
    return `has the fixed form${value === null ? '' : ' (and the check digit, where there is one)'}`;
  const spoken = reasons.filter(({ weight }) => weight > 0).slice(0, SAID);
  return spoken.length === 0 ? 'found by the model' : `seen from ${spoken.map(({ text }) => text).join(', ')}`;
}

/** @param known - what the model saw in the entity that it found from the same place on.  @param tokens - of the text. */
function explained(entity: NerEntity, known: ExplainedEntity | undefined, tokens: readonly Token[]): EntityExplanation {
  const { type, start, end, text, confidence, source } = entity;
  const same = known?.entity.end === end && known.entity.type === type && source !== 'rule';
  const reasons = same ? reasonsOf(known.reasons, around(tokens, entity), entity) : [];
  const sentence = `${type} "${text}", ${Math.round(100 * confidence)} % sure: ${whyOf(entity, reasons)}`;
  return { type, start, end, text, confidence, source, sentence, reasons };
}

/** Entities that are explained; a statement of a hundred pages has no reader for more. */
const MOST_ENTITIES = 200;

export interface NerExplanation {
  readonly entities: readonly EntityExplanation[];
}

/**
 * Why each entity of the answer was found: what the model saw in its words and around them, or the rule that found it.
 * @param weights - feature weights behind the model's entities; without any (fine-tuned encoder) reasons are empty.
 */
export function explainAnswer(
  { text }: NerRequest,
  answer: NerAnswer,
  weights: readonly ExplainedEntity[],
): NerExplanation {
  const tokens = tokenise(text);
  const byStart = new Map(weights.map((one) => [one.entity.start, one]));
  const shown = answer.entities.slice(0, MOST_ENTITIES);
  return { entities: shown.map((entity) => explained(entity, byStart.get(entity.start), tokens)) };
}
