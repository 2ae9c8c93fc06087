import { z } from 'zod';
import { canonicalJson } from '../../../contracts/canonical-json.js';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import type { GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';
import { decodeState, encodeState } from '../../../learning/artefact/state-json.js';
import { encoding } from './encoding.js';
import type { MemberState } from '../training/members.js';

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
  /** A score above it is an alert: the (1 − contamination) quantile of training scores. */
  threshold: z.number(),
  contamination: z.number(),
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

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** @throws PipelineError `ARTEFACT_INVALID`. */
export function requireFile(files: ArtefactFiles, name: string): Uint8Array {
  const bytes = files[name];
  if (bytes) return bytes;
  throw new PipelineError('ARTEFACT_INVALID', `the artefact has no file ${name}`, { file: name });
}

function read<Value>(files: ArtefactFiles, file: string, parse: (text: string) => Value): Value {
  const bytes = requireFile(files, file);
  try {
    return parse(text(bytes));
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', `${file} is not what this version writes`, { file }, { cause });
  }
}

/** @throws PipelineError `ARTEFACT_INVALID`. */
export const readDetector = (files: ArtefactFiles): Detector =>
  read(files, fileNames.detector, (json) => detector.parse(JSON.parse(json)));

/** @throws PipelineError `ARTEFACT_INVALID`. */
export const readTrees = (files: ArtefactFiles): DetectorTrees =>
  read(files, fileNames.trees, (json) => decodeState(json) as DetectorTrees);

export const writeDetector = (state: Detector): Uint8Array => utf8(canonicalJson(state));
export const writeTrees = (trees: DetectorTrees): Uint8Array => utf8(encodeState(trees));
