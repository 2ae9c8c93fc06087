import { z } from 'zod';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import type { GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';
import { decodeState, encodeState, readJson, readText, utf8, writeJson } from '../../../learning/artefact/index.js';
import { encoding } from './encoding.js';
import { extremes } from './extremes.js';
import type { MemberState } from './member-state.js';

const standard = z.strictObject({ mean: z.number(), deviation: z.number().positive() });

/** Everything about a detector that is not a graph. */
export const detector = z.strictObject({
  schemaVersion: z.literal(1),
  encoding,
  /** Categories with a model of their own: the k-th is scored by `category-k.onnx`. */
  categoryModels: z.array(z.string()),
  /** Mean and spread of the unsupervised score on training rows, to put it beside the supervised one. */
  unsupervised: standard,
  /** Null while too little misuse is confirmed; `weight` grows with it. */
  supervised: standard.extend({ weight: z.number().gt(0).lt(1), confirmed: z.int() }).nullable(),
  /** Beside a supervised part only; absent in older artefacts. */
  extremes: extremes.optional(),
  /** A score above it is an alert; a share `contamination` of training rows has one, extremes included. */
  threshold: z.number(),
  contamination: z.number(),
  /** Where equal scores at the threshold make the share of alerts another one than `contamination`: share, equal scores. */
  reached: z.strictObject({ share: z.number(), tied: z.int() }).optional(),
  /** How often trees were replaced since the training from scratch. */
  updates: z.int().nonnegative(),
});
export type Detector = z.infer<typeof detector>;

/** What only explanations and updates need: the trees themselves. */
export interface DetectorTrees {
  readonly pooled: MemberState;
  readonly categories: readonly MemberState[];
  readonly boosted: GradientBoostingState | null;
}

export const fileNames = {
  detector: 'detector.json',
  trees: 'trees.json',
  pooled: 'pooled.onnx',
  boosted: 'boosted.onnx',
  category: (k: number): string => `category-${k}.onnx`,
} as const;

/** @throws PipelineError `ARTEFACT_INVALID`. */
export const readDetector = (files: ArtefactFiles): Detector => readJson(files, fileNames.detector, detector);

/** @throws PipelineError `ARTEFACT_INVALID`. */
export const readTrees = (files: ArtefactFiles): DetectorTrees =>
  readText(files, fileNames.trees, (json) => decodeState(json) as DetectorTrees);

export const writeDetector = (state: Detector): Uint8Array => writeJson(state);
export const writeTrees = (trees: DetectorTrees): Uint8Array => utf8(encodeState(trees));
