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

/** How scores become entities: shared by both engines. */
const decoding = z.strictObject({
  schemaVersion: z.literal(1),
  scheme: z.enum(['bio', 'bilou']),
  types: z.array(z.string()),
  tokeniser,
  /** (edges,) in the lattice's order. */
  steps: z.array(z.number()),
  bias: z.number(),
  /** Artefacts of before it was chosen have none; half comes nearest to the best path, which they were read by. */
  threshold: z.number().gt(0).lt(1).default(0.5),
  calibration,
});

const resources = z.strictObject({
  schemaVersion: z.literal(1),
  lexicon: z.array(z.tuple([z.string(), z.int()])),
  /** Lower-case words by how well training knows them, from level 1 on. */
  vocabulary: z.array(z.array(z.string())),
  clusters: z.array(z.tuple([z.string(), z.int(), z.int()])),
});

/** Decoding as the artefact holds it. */
export interface Decoding {
  readonly set: LabelSet;
  readonly tokeniser: z.infer<typeof tokeniser>;
  readonly steps: Float64Array;
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

/** `decoding.json`. */
export function encodeDecoding({ set, steps, ...rest }: Decoding): Uint8Array {
  const plain = { schemaVersion: 1, scheme: set.scheme, types: set.types, steps: [...steps], ...rest };
  return writeJson(plain);
}

function encodeResources({ lexicon, vocabulary, clusters }: FeatureResources): Uint8Array {
  const levels: string[][] = [];
  for (const [word, count] of vocabulary) (levels[familiarity(count) - 1] ??= []).push(word);
  const plain = {
    schemaVersion: 1,
    lexicon: [...lexicon],
    vocabulary: Array.from(levels, (words: string[] | undefined) => words ?? []),
    clusters: [...clusters].map(([word, [fine, coarse]]) => [word, fine, coarse]),
  };
  return writeJson(plain);
}

/** Files of a fitted field: graph, feature hashes (little-endian int32), words and decoding. */
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

/** @throws PipelineError `ARTEFACT_INVALID`. */
export function decodeDecoding(files: ArtefactFiles): Decoding {
  const { scheme, types, steps, ...rest } = readJson(files, taggerFiles.decoding, decoding);
  const set = labelSet(types, scheme);
  if (steps.length === lattice(set).from.length)
    return {
      set,
      steps: Float64Array.from(steps),
      tokeniser: rest.tokeniser,
      bias: rest.bias,
      threshold: rest.threshold,
      calibration: rest.calibration,
    };
  const message = `${taggerFiles.decoding} has ${steps.length} steps for ${types.length} types`;
  throw new PipelineError('ARTEFACT_INVALID', message, { file: taggerFiles.decoding });
}

/** @throws PipelineError `ARTEFACT_INVALID`. */
export function decodeResources(files: ArtefactFiles): FeatureResources {
  const { lexicon, vocabulary, clusters } = readJson(files, taggerFiles.resources, resources);
  const counted = vocabulary.flatMap((words, i) => words.map((word) => [word, representativeCount(i + 1)] as const));
  return {
    lexicon: new Map(lexicon),
    vocabulary: new Map(counted),
    clusters: new Map(clusters.map(([word, fine, coarse]) => [word, [fine, coarse] as const])),
  };
}

/** @throws PipelineError `ARTEFACT_INVALID` when the bytes are no whole int32 numbers. */
export function decodeHashes(files: ArtefactFiles): Int32Array {
  const bytes = requireFile(files, taggerFiles.hashes);
  if (bytes.length % 4 === 0) return new Int32Array(bytes.slice().buffer);
  const file = taggerFiles.hashes;
  throw new PipelineError('ARTEFACT_INVALID', `${file} has ${bytes.length} bytes, wanted whole numbers`, { file });
}
