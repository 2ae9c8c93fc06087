import type { AttributionMethod } from '../../../contracts/model-definition.js';
import {
  type Attribution,
  blankParts,
  inChunks,
  limeEach,
  occludeEach,
  type ScoreEach,
  partsOf,
  type PerturbationOptions,
} from '../../../learning/evaluation/explain/index.js';
import { spanConfidences, tokenise, type Tagger } from '../../../learning/text/sequence-tagging/index.js';
import {
  entitySentence,
  type EntityExplanation,
  MAXIMUM_ENTITIES,
  type NerExplanation,
  ruleText,
} from './explanation.js';
import type { NerAnswer, NerEntity, NerRequest } from './request.js';

/** Characters of the texts that are scored without a pause: a few milliseconds. */
const CHARACTERS_A_TURN = 1_000;
/** LIME draws the same words to be taken away each time. */
const LIME_SEED = 1;
/** Words in a sentence. */
const MOST_NAMED = 3;
/** Smaller effects on the confidence are not named. */
const LEAST_WEIGHT = 0.005;

const strongestFirst = (words: readonly Attribution[]): Attribution[] =>
  [...words].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.start - b.start);

function wordsText(words: readonly Attribution[]): string {
  const named = words.filter(({ weight }) => weight >= LEAST_WEIGHT).slice(0, MOST_NAMED);
  if (named.length === 0) return 'found by the model';
  return `seen from ${named.map(({ text, weight }) => `"${text}" (${Math.round(100 * weight)} points)`).join(', ')}`;
}

function explain(entity: NerEntity, attributed: readonly Attribution[]): EntityExplanation {
  const { type, start, end, text, confidence, source } = entity;
  const words = strongestFirst(attributed);
  const sentence = entitySentence(entity, source === 'rule' ? ruleText(entity) : wordsText(words));
  return { type, start, end, text, confidence, source, sentence, reasons: [], words };
}

/**
 * Explains each of the model's entities by what its confidence loses without a word of the text. What is left of an
 * entity must still be found with its type, and an entity without words has confidence 0. Deterministic; O(words) or, by
 * LIME, at most 200 taggings of the first 64 words, whatever the number of entities.
 */
export async function attributeWords(
  tagger: Tagger,
  { text }: NerRequest,
  { entities }: NerAnswer,
  method: AttributionMethod,
): Promise<NerExplanation> {
  const { tokeniser } = tagger.decoding;
  const perturbed: PerturbationOptions = { split: (some) => tokenise(some, tokeniser), remove: blankParts };
  // Later words are left out, so that the cost has a bound.
  const considered = text.slice(0, partsOf(text, perturbed).at(-1)?.end ?? 0);
  const found = entities.filter(({ source, end }) => source === 'model' && end <= considered.length);
  const score: ScoreEach = inChunks((texts) => spanConfidences(tagger, texts, found), CHARACTERS_A_TURN);
  const attribute = method === 'lime' ? limeEach : occludeEach;
  const attributed = found.length === 0 ? [] : await attribute(considered, score, { ...perturbed, seed: LIME_SEED });
  const wordsOf = new Map(found.map((entity, i) => [entity, attributed[i]!]));
  return {
    method,
    entities: entities.slice(0, MAXIMUM_ENTITIES).map((each) => explain(each, wordsOf.get(each) ?? [])),
  };
}
