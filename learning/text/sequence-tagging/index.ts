export type { ScoredTokenSpan } from './confidence.js';
export { crfScorer, fitCrf, type CrfModel, type CrfSettings, type CrfTask, type SentenceScorer } from './crf.js';
export {
  calibratedConfidence,
  chooseDecoding,
  crossValidate,
  groupFolds,
  type CrossValidated,
  type FittedScorer,
  type GroupedSentences,
} from './cross-validation.js';
export { explainEntities, type ExplainedEntity, type FeatureWeight } from './explain.js';
export {
  asSpans,
  decodeLabels,
  encodeSpans,
  labelSet,
  touchedTokens,
  type LabelSet,
  type TagScheme,
  type TokenSpan,
} from './labels.js';
export { lattice } from './lattice.js';
export { decodeDecoding, encodeCrf, encodeDecoding, taggerFiles, type Decoding } from './state.js';
export type { ChainModel } from './forward-backward.js';
export { fitOpinionPool, poolChain, poolScores, type OpinionPool, type PooledSentence } from './opinion-pool.js';
export { spanConfidences } from './span-confidences.js';
export {
  createTagger,
  openCrfScores,
  openCrfTagger,
  type CrfScores,
  type SentenceScores,
  type TaggedEntity,
  type Tagger,
} from './tagger.js';
export { normaliseSpans, type NormalisedSpans } from './normalise-spans.js';
export { fitsText, requireSpan, tokenise, type Span, type Token, type Tokeniser } from './tokens.js';
export type { LabelledSentence } from './training-set.js';
