import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { readJson, requireFile, writeJson } from '../../artefact/index.js';
import type { BetaCalibration } from '../../evaluation/calibration/beta.js';
import type { CrfModel } from './crf.js';
import type { FeatureResources } from './features.js';
import { labelSet, type LabelSet } from './labels.js';
import { lattice } from './lattice.js';
import { denseWeights, taggingOnnx } from './serving-graph.js';
import { familiarity, representativeCount } from './word-features.js';

const tokeniser = z.enum(['words', 'spaces']);
const calibration = z.strictObject({ kind: z.literal('beta'), a: z.number(), b: z.number(), c: z.number() });

/** `decoding.json`: how scores become entities, for both engines. */
const decoding = z.strictObject({
  schemaVersion: z.literal(1),
  scheme: z.enum(['bio', 'bilou']),
  types: z.array(z.string()),
  tokeniser,
  /** (edges,) in the lattice's order. */
  steps: z.array(z.number()),
  bias: z.number(),
  /** Absent in artefacts from before thresholds were chosen, which were decoded by Viterbi; 0.5 is closest to that. */
  threshold: z.number().gt(0).lt(1).default(0.5),
  calibration,
});

/** `words.json`: resources of the feature extractor. */
const resources = z.strictObject({
  schemaVersion: z.literal(1),
  lexicon: z.array(z.tuple([z.string(), z.int()])),
  /** Lower-case words by familiarity level, from level 1. */
  vocabulary: z.array(z.array(z.string())),
  clusters: z.array(z.tuple([z.string(), z.int(), z.int()])),
});

/** How scores become entities. */
export interface Decoding {
  readonly set: LabelSet;
  readonly tokeniser: z.infer<typeof tokeniser>;
  /** (edges,) transition weights in the lattice's order. */
  readonly steps: Float64Array;
  /** Subtracted from the score of label O. */
  readonly bias: number;
  /** Smallest probability of an entity that is reported. */
  readonly threshold: number;
  readonly calibration: BetaCalibration;
}

/** File names in an artefact. */
export const taggerFiles = {
  graph: 'model.onnx',
  hashes: 'features.bin',
  decoding: 'decoding.json',
  resources: 'words.json',
} as const;

/** The bytes of `decoding.json`. */
export function encodeDecoding({ set, steps, ...rest }: Decoding): Uint8Array {
  return writeJson({ schemaVersion: 1, scheme: set.scheme, types: set.types, steps: [...steps], ...rest });
}

/**
 * A number of an account, a card or a telephone (masked ones are zeros): it names somebody, so no artefact keeps it. As a
 * word of an answer's text it counts as unknown, like those that training saw in one sentence only.
 */
const namesSomebody = (words: string): boolean =>
  words.split(' ').some((word) => /\d{8}/.test(word) && /[1-9]/.test(word));

const withoutNumbers = <Value>(entries: ReadonlyMap<string, Value>): (readonly [string, Value])[] =>
  [...entries].filter(([words]) => !namesSomebody(words));

function encodeResources({ lexicon, vocabulary, clusters }: FeatureResources): Uint8Array {
  const levels: string[][] = [];
  for (const [word, count] of withoutNumbers(vocabulary)) (levels[familiarity(count) - 1] ??= []).push(word);
  return writeJson({
    schemaVersion: 1,
    lexicon: withoutNumbers(lexicon),
    vocabulary: Array.from(levels, (words: string[] | undefined) => words ?? []),
    clusters: withoutNumbers(clusters).map(([word, [fine, coarse]]) => [word, fine, coarse]),
  });
}

/** Artefact files of a fitted field: scoring graph, feature hashes (little-endian int32), resources and decoding. */
export function encodeCrf(model: CrfModel, decoded: Omit<Decoding, 'set' | 'steps'>): Record<string, Uint8Array> {
  const dense = denseWeights(model);
  const offsets = new Float32Array(model.set.labels.length);
  offsets[0] = -decoded.bias;
  return {
    [taggerFiles.graph]: taggingOnnx(dense, offsets),
    [taggerFiles.hashes]: new Uint8Array(dense.hashes.buffer.slice(0)),
    [taggerFiles.resources]: encodeResources(model.resources),
    [taggerFiles.decoding]: encodeDecoding({ set: model.set, steps: model.steps, ...decoded }),
  };
}

/** Reads `decoding.json`. @throws PipelineError `ARTEFACT_INVALID`. */
export function decodeDecoding(files: ArtefactFiles): Decoding {
  const stored = readJson(files, taggerFiles.decoding, decoding);
  const { types, steps, bias, threshold, calibration: beta } = stored;
  const set = labelSet(types, stored.scheme);
  if (steps.length === lattice(set).from.length)
    return { set, steps: Float64Array.from(steps), tokeniser: stored.tokeniser, bias, threshold, calibration: beta };
  const message = `${taggerFiles.decoding} has ${steps.length} steps for ${types.length} types`;
  throw new PipelineError('ARTEFACT_INVALID', message, { file: taggerFiles.decoding });
}

/** Reads the feature extractor's resources. @throws PipelineError `ARTEFACT_INVALID`. */
export function decodeResources(files: ArtefactFiles): FeatureResources {
  const { lexicon, vocabulary, clusters } = readJson(files, taggerFiles.resources, resources);
  const counted = vocabulary.flatMap((words, i) => words.map((word) => [word, representativeCount(i + 1)] as const));
  return {
    lexicon: new Map(lexicon),
    vocabulary: new Map(counted),
    clusters: new Map(clusters.map(([word, fine, coarse]) => [word, [fine, coarse] as const])),
  };
}

/** Reads the feature hashes. @throws PipelineError `ARTEFACT_INVALID` when the length is not a multiple of 4 bytes. */
export function decodeHashes(files: ArtefactFiles): Int32Array {
  const bytes = requireFile(files, taggerFiles.hashes);
  if (bytes.length % 4 === 0) return new Int32Array(bytes.slice().buffer);
  const file = taggerFiles.hashes;
  throw new PipelineError('ARTEFACT_INVALID', `${file} has ${bytes.length} bytes, wanted a multiple of 4`, { file });
}
