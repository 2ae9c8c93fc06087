import type { AttributionMethod } from '../../../contracts/model-definition.js';
import type { Attribution } from '../../../learning/evaluation/explain/index.js';
import {
  tokenise,
  type ExplainedEntity,
  type FeatureWeight,
  type Token,
} from '../../../learning/text/sequence-tagging/index.js';
import type { NerAnswer, NerEntity, NerRequest } from './request.js';
import { describeFeature, type Neighbour } from './reason-templates.js';

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** One feature of a word of an entity. */
export interface EntityReason {
  readonly token: string;
  /** The feature in words. */
  readonly text: string;
  /** Contribution to the score of the word's label; positive supports it. */
  readonly weight: number;
}

/** An entity of the answer with its reasons. */
export interface EntityExplanation extends Pick<
  NerEntity,
  'type' | 'start' | 'end' | 'text' | 'confidence' | 'source'
> {
  readonly sentence: string;
  /**
   * Strongest first; empty for entities found by rule, for the fine-tuned engine, which has no feature weights, and where
   * words are attributed instead.
   */
  readonly reasons: readonly EntityReason[];
  /**
   * Words of the text with their effect on the entity's confidence, strongest first; only where a method was asked for,
   * and empty for entities found by rule and beyond the words that are considered.
   */
  readonly words?: readonly Attribution[];
}

/** The neighbours of a word of the entity; null when the word is not one of the tokens. */
function neighbourOf(tokens: readonly Token[], { start, end }: NerEntity, word: string): Neighbour {
  const at = tokens.findIndex((token) => token.start >= start && token.end <= end && token.text === word);
  return (offset) => (at < 0 ? null : (tokens[at + offset]?.text ?? null));
}

/** Reasons of an entity; weights of features with the same text are added. */
function reasonsOf(weights: readonly FeatureWeight[], tokens: readonly Token[], entity: NerEntity): EntityReason[] {
  const found = new Map<string, EntityReason>();
  for (const { token, feature, weight } of weights) {
    const text = `${describeFeature(feature, neighbourOf(tokens, entity, token))} "${token}"`;
    const weightBefore = found.get(text)?.weight ?? 0;
    found.set(text, { token, text, weight: rounded(weightBefore + weight) });
  }
  return [...found.values()].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/** Words on each side of an entity that features read. */
const CONTEXT_WORDS = 2;

/** The tokens of an entity with their context, by binary search. */
function entityWindow(tokens: readonly Token[], { start, end }: NerEntity): readonly Token[] {
  let [first, high] = [0, tokens.length];
  while (first < high) {
    const middle = (first + high) >> 1;
    if (tokens[middle]!.end <= start) first = middle + 1;
    else high = middle;
  }
  let last = first;
  while (last < tokens.length && tokens[last]!.start < end) last += 1;
  return tokens.slice(Math.max(0, first - CONTEXT_WORDS), last + CONTEXT_WORDS);
}

/** Reasons in a sentence. */
const MAXIMUM_REASONS = 3;

/** What a rule saw of an entity. */
export const ruleText = ({ value }: NerEntity): string =>
  `has the fixed form${value === null ? '' : ' (and the check digit, where there is one)'}`;

/** An entity with its confidence and what it was found by. */
export const entitySentence = ({ type, text, confidence }: NerEntity, foundBy: string): string =>
  `${type} "${text}", ${Math.round(100 * confidence)} % sure: ${foundBy}`;

function reasonText(entity: NerEntity, reasons: readonly EntityReason[]): string {
  if (entity.source === 'rule') return ruleText(entity);
  const supporting = reasons.filter(({ weight }) => weight > 0).slice(0, MAXIMUM_REASONS);
  return supporting.length === 0 ? 'found by the model' : `seen from ${supporting.map(({ text }) => text).join(', ')}`;
}

/** @param weighted - the model's entity with the same start, with its feature weights.  @param tokens - of the text. */
function explainEntity(
  entity: NerEntity,
  weighted: ExplainedEntity | undefined,
  tokens: readonly Token[],
): EntityExplanation {
  const { type, start, end, text, confidence, source } = entity;
  const sameEntity = weighted?.entity.end === end && weighted.entity.type === type && source !== 'rule';
  const reasons = sameEntity ? reasonsOf(weighted.reasons, entityWindow(tokens, entity), entity) : [];
  const sentence = entitySentence(entity, reasonText(entity, reasons));
  return { type, start, end, text, confidence, source, sentence, reasons };
}

/** Maximum number of explained entities. */
export const MAXIMUM_ENTITIES = 200;

/** Explanation of an answer. */
export interface NerExplanation {
  /** How words were attributed; absent: reasons are the weights of features. */
  readonly method?: AttributionMethod;
  readonly entities: readonly EntityExplanation[];
}

/**
 * Explains each entity of an answer by the features of its words, or by the rule that found it.
 * @param weights - the model's entities with feature weights; [] for the fine-tuned engine.
 */
export function explainAnswer(
  { text }: NerRequest,
  answer: NerAnswer,
  weights: readonly ExplainedEntity[],
): NerExplanation {
  const tokens = tokenise(text);
  const byStart = new Map(weights.map((one) => [one.entity.start, one]));
  const shown = answer.entities.slice(0, MAXIMUM_ENTITIES);
  return { entities: shown.map((entity) => explainEntity(entity, byStart.get(entity.start), tokens)) };
}
