import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { evaluatedModel, evaluateModelInput } from '../../contracts/activities.js';
import { type FrozenHoldout, frozenHoldout, type TrainingData } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { Comparison, Evaluation } from '../../contracts/evaluation.js';
import { contentHash, semanticVersion } from '../../contracts/ids.js';
import type { ArtefactFiles, ComputeContext, ModelDefinition } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { readParquet } from '../../datasets/snapshots/parquet.js';
import { findModel } from '../../models/catalogue.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadArtefact } from '../../registry/artefacts.js';
import { type IncomparableChampion, judgeGates } from '../../registry/promotion-policy.js';
import { type EvaluationDocument, loadEvaluation } from '../evaluation-document.js';
import { loadDivided } from './fit-model.js';
import { defineJob } from './job-definition.js';

const champion = z.strictObject({
  version: semanticVersion,
  signatureHash: contentHash,
  artefactHash: contentHash,
  evaluationHash: contentHash,
});
type Champion = z.infer<typeof champion>;

const evaluateInput = evaluateModelInput.extend({ holdout: frozenHoldout, champion: champion.nullable() });
type EvaluateInput = z.output<typeof evaluateInput>;

interface Bench {
  readonly blobs: BlobStore;
  readonly model: ModelDefinition;
  readonly holdout: TrainingData;
  readonly context: ComputeContext;
}

/**
 * Scores the stored artefact through the predictor that serves it, and the baseline and the champion on the same rows;
 * judges the gates. Nothing is scored from in-memory training state.
 */
export const evaluateModel = defineJob({
  input: evaluateInput,
  output: evaluatedModel.extend({ evaluationBytes: z.int() }),
  async run(input, { blobs, signal, onProgress }) {
    const model = await findModel(input.modelName);
    const { train, holdout } = await loadDivided(blobs, model, input);
    const bench = { blobs, model, holdout, context: { seed: input.seed, signal, onProgress } };
    const { scored, signatureHash, files } = await score(bench, input.artefactHash);
    const baseline = model.baseline(train, holdout);
    const challenger = { scored, signatureHash };
    const { comparison, incomparable, championScores } = await compareWithChampion(bench, challenger, input);
    const lent = { artefact: files, ...(championScores && { championScores }) };
    const evaluation = model.evaluate(scored, holdout, { ...bench.context, ...lent });
    const comparisons = [model.compare(scored, baseline.scored, 'baseline', bench.context), ...comparison];

    const baselineName = baseline.name;
    const found = { evaluation: withNote(evaluation, incomparable), comparisons, baselineName, signatureHash };
    const rows = { trainedRows: train.table.rowCount, holdoutRows: holdout.table.rowCount };
    const scoredHash = (await putTable(blobs, scored)).hash;
    return conclude(bench, input, { found: { ...found, ...rows, scoredHash }, incomparable });
  },
});

interface Scores {
  readonly scored: Table;
  readonly signatureHash: string;
}

async function score(
  { blobs, model, holdout, context }: Bench,
  artefactHash: string,
): Promise<Scores & { readonly files: ArtefactFiles }> {
  const { files, manifest } = await loadArtefact(blobs, artefactHash);
  const predictor = await model.predictor(files);
  try {
    const scored = await model.score(predictor, holdout, context);
    return { scored, signatureHash: manifest.signatureHash, files };
  } finally {
    await predictor.close();
  }
}

/**
 * Faults that say "this champion cannot read these rows", as after a change of the features. A champion whose bytes are
 * damaged is not among them: it is a fault of the store, and no challenger wins by it.
 */
const cannotScore: readonly string[] = ['MISSING_COLUMN', 'SHAPE_MISMATCH', 'INVALID_INPUT'];

async function compareWithChampion(
  bench: Bench,
  challenger: Scores,
  input: EvaluateInput,
): Promise<{ comparison: Comparison[]; incomparable: IncomparableChampion | null; championScores?: Table }> {
  if (input.champion === null) return { comparison: [], incomparable: null };
  const { version, signatureHash } = input.champion;
  try {
    const other = await championScores(bench, input.champion, input);
    const comparison = bench.model.compare(challenger.scored, other, 'champion', bench.context);
    return { comparison: [comparison], incomparable: null, championScores: other };
  } catch (fault) {
    if (!(fault instanceof PipelineError) || !cannotScore.includes(fault.code)) throw fault;
    const signatureChanged = signatureHash !== challenger.signatureHash;
    return { comparison: [], incomparable: { version, reason: fault.message, signatureChanged } };
  }
}

/** The champion's scores of the day it was registered when the rows are the same, else fresh ones. */
async function championScores(
  bench: Bench,
  { artefactHash, evaluationHash }: Champion,
  { dataset, holdout }: { readonly dataset: { readonly hash: string }; readonly holdout: FrozenHoldout },
): Promise<Table> {
  const before = await loadEvaluation(bench.blobs, evaluationHash);
  if (before.dataset.hash === dataset.hash && isDeepStrictEqual(before.holdout, holdout))
    return readParquet([await bench.blobs.localPath(before.scoredHash)]);
  return (await score(bench, artefactHash)).scored;
}

function withNote(evaluation: Evaluation, champion: IncomparableChampion | null): Evaluation {
  if (champion === null) return evaluation;
  const note = `champion ${champion.version} cannot score these rows: ${champion.reason}`;
  return { ...evaluation, notes: [...evaluation.notes, note] };
}

type Found = Pick<
  EvaluationDocument,
  'baselineName' | 'signatureHash' | 'trainedRows' | 'holdoutRows' | 'scoredHash' | 'comparisons'
> & { readonly evaluation: Evaluation };

async function conclude(
  { blobs, model }: Bench,
  input: EvaluateInput,
  { found, incomparable }: { readonly found: Found; readonly incomparable: IncomparableChampion | null },
) {
  const { dataset, holdout, artefactHash } = input;
  const { evaluation, comparisons, holdoutRows, baselineName } = found;
  const metrics = [...evaluation.metrics];
  const gates = judgeGates(model.gates, dataset.line, { metrics, comparisons, incomparable });
  const championVersion = input.champion?.version ?? null;
  const document = { ...found, dataset, holdout, artefactHash, gates, championVersion };
  const stored = await putJsonBlob(blobs, { kind: 'evaluation', schemaVersion: 1, ...document });
  const summary = { holdoutRows, metrics: metrics.slice(0, 50), baselineName, comparisons, gates, championVersion };
  const notes = evaluation.notes.slice(0, 20);
  return { ...summary, notes, evaluationHash: stored.hash, evaluationBytes: stored.bytes };
}
