import { Tensor } from 'onnxruntime-node';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { type Graph, nextTurn, openGraph, promiseTry } from '../../artefact/index.js';
import { sum } from '../../numeric/statistics/sum.js';
import { decodeEntities, type ScoredTokenSpan } from './confidence.js';
import { calibratedConfidence } from './cross-validation.js';
import { createFeatureExtractor, type FeatureExtractor } from './features.js';
import { FeatureIndex } from './feature-index.js';
import { lattice } from './lattice.js';
import type { ChainModel } from './forward-backward.js';
import { taggingGraph } from './serving-graph.js';
import { decodeDecoding, decodeHashes, decodeResources, taggerFiles, type Decoding } from './state.js';
import { tokenise, type Span, type Token } from './tokens.js';

/** An entity in a text. */
export interface TaggedEntity extends Span {
  /** The text from `start` to `end`. */
  readonly text: string;
  /** Calibrated probability that span and type are correct. */
  readonly confidence: number;
}

/** Computes the emission scores (tokens, labels) of sentences. */
export interface SentenceScores {
  score(sentences: readonly (readonly string[])[]): Promise<Float64Array[]>;
  close(): Promise<void>;
}

/** A loaded tagger. The entities of a text do not depend on the other texts of the call. */
export interface Tagger {
  readonly decoding: Decoding;
  readonly scores: SentenceScores;
  tag(texts: readonly string[]): Promise<TaggedEntity[][]>;
  close(): Promise<void>;
}

/** Texts per batch; bounds memory. */
const BATCH_TEXTS = 256;
/** Tokens per run of the graph: about 2 MB of gathered weights. */
const BATCH_TOKENS = 512;

function asEntities(text: string, tokens: readonly Token[], spans: readonly ScoredTokenSpan[], decoding: Decoding) {
  return spans.map(({ type, first, last, margin }): TaggedEntity => {
    const [start, end] = [tokens[first]!.start, tokens[last]!.end];
    const confidence = calibratedConfidence(decoding.calibration, margin);
    return { type, start, end, text: text.slice(start, end), confidence };
  });
}

/** Creates a tagger from any scorer: tokenises, scores, decodes and calibrates. */
export function createTagger(decoding: Decoding, scores: SentenceScores): Tagger {
  const chain: ChainModel = { set: decoding.set, lattice: lattice(decoding.set), steps: decoding.steps };
  const tagBatch = async (texts: readonly string[]): Promise<TaggedEntity[][]> => {
    const tokens = texts.map((text) => tokenise(text, decoding.tokeniser));
    const found = await scores.score(tokens.map((list) => list.map((token) => token.text)));
    return texts.map((text, i) => {
      const spans = decodeEntities(chain, found[i]!, tokens[i]!.length, decoding.threshold);
      return asEntities(text, tokens[i]!, spans, decoding);
    });
  };
  return {
    decoding,
    scores,
    async tag(texts) {
      const entities: TaggedEntity[][] = [];
      for (let from = 0; from < texts.length; from += BATCH_TEXTS)
        entities.push(...(await tagBatch(texts.slice(from, from + BATCH_TEXTS))));
      return entities;
    },
    close: () => scores.close(),
  };
}

/** Feature numbers of all tokens in one array. */
interface NumberedTokens {
  readonly numbers: Int32Array;
  /** (tokens + 1,) offset of each token's first number. */
  readonly starts: Int32Array;
}

function numberTokens(
  sentences: readonly (readonly string[])[],
  extractor: FeatureExtractor,
  index: FeatureIndex,
): NumberedTokens {
  const extracted = sentences.map((words) => extractor.extract(words));
  const total = sum(extracted.map(({ hashes }) => hashes.length));
  const tokens = sum(sentences.map(({ length }) => length));
  const [numbers, starts] = [new Int32Array(total), new Int32Array(tokens + 1)];
  let [token, filled] = [0, 0];
  for (const { hashes, starts: own } of extracted)
    for (let i = 0; i + 1 < own.length; i++) {
      for (let k = own[i]!; k < own[i + 1]!; k++) {
        const number = index.find(hashes[k]!);
        if (number > 0) numbers[filled++] = number;
      }
      starts[++token] = filled;
    }
  return { numbers, starts };
}

/** Feature numbers of the tokens `from` … `to` as (tokens, width) int32, padded with 0. */
function paddedTensor({ numbers, starts }: NumberedTokens, from: number, to: number): Tensor {
  let width = 1;
  for (let token = from; token < to; token++) width = Math.max(width, starts[token + 1]! - starts[token]!);
  const cells = new Int32Array((to - from) * width);
  for (let token = from; token < to; token++)
    cells.set(numbers.subarray(starts[token], starts[token + 1]), (token - from) * width);
  return new Tensor('int32', cells, [to - from, width]);
}

function runGraph(graph: Graph, features: Tensor): Float32Array {
  const { [taggingGraph.scores]: scores } = graph.run({ [taggingGraph.features]: features });
  return scores!.data as Float32Array;
}

/** Scores of a field's ONNX graph. */
export interface CrfScores extends SentenceScores {
  readonly extractor: FeatureExtractor;
  readonly index: FeatureIndex;
  /** @returns for each feature number its weights (labels,), the labels' offsets included. */
  weightsOf(numbers: readonly number[]): Promise<Float32Array[]>;
}

/**
 * Opens the scoring graph of a field written by `encodeCrf`.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openCrfScores(files: ArtefactFiles, labels: number): Promise<CrfScores> {
  const extractor = createFeatureExtractor(decodeResources(files));
  const index = FeatureIndex.from(decodeHashes(files));
  const graph = await openGraph(files, taggerFiles.graph);
  return {
    extractor,
    index,
    async score(sentences) {
      const numbered = numberTokens(sentences, extractor, index);
      const tokens = numbered.starts.length - 1;
      const all = new Float64Array(tokens * labels);
      for (let from = 0; from < tokens; from += BATCH_TOKENS) {
        if (from > 0) await nextTurn();
        const to = Math.min(tokens, from + BATCH_TOKENS);
        all.set(runGraph(graph, paddedTensor(numbered, from, to)), from * labels);
      }
      let end = 0;
      return sentences.map(({ length }) => all.slice(end * labels, (end += length) * labels));
    },
    weightsOf: (numbers) =>
      promiseTry(() => {
        const cells = new Tensor('int32', Int32Array.from(numbers), [numbers.length, 1]);
        const rows = runGraph(graph, cells);
        return numbers.map((_, i) => rows.slice(i * labels, (i + 1) * labels));
      }),
    close: () => graph.close(),
  };
}

/** Opens a tagger from the files of `encodeCrf`. @throws PipelineError `ARTEFACT_INVALID`. */
export async function openCrfTagger(files: ArtefactFiles): Promise<Tagger & { readonly scores: CrfScores }> {
  const decoding = decodeDecoding(files);
  const scores = await openCrfScores(files, decoding.set.labels.length);
  return { ...createTagger(decoding, scores), scores };
}
