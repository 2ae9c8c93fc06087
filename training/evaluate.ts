import { z } from 'zod';
import { evaluatedModel, evaluateModelInput } from '../contracts/activities.js';
import { frozenHoldout } from '../contracts/dataset.js';
import type { Evaluation } from '../contracts/evaluation.js';
import { putTable } from '../datasets/snapshots/put-table.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { findModel } from '../models/catalogue.js';
import { type IncomparableChampion, judgeGates } from '../registry/gates.js';
import type { EvaluationDocument } from './evaluation-document.js';
import {
  type Bench,
  champion,
  type ChampionComparison,
  type Challenger,
  compareWithChampion,
  score,
} from './compare-champion.js';
import { loadDivided } from './fit.js';
import { defineJob } from '../platform/child-process/define-job.js';

const evaluateInput = evaluateModelInput.extend({ holdout: frozenHoldout, champion: champion.nullable() });
type EvaluateInput = z.output<typeof evaluateInput>;

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
    const challenger = { scored, signatureHash, artefactHash: input.artefactHash };
    const { comparison, incomparable, championScores, note } = await meetChampion(bench, challenger, input);
    const lent = { artefact: files, ...(championScores && { championScores }) };
    const evaluation = model.evaluate(scored, holdout, { ...bench.context, ...lent });
    const comparisons = [model.compare(scored, baseline.scored, 'baseline', bench.context), ...comparison];

    const baselineName = baseline.name;
    const found = { evaluation: withNote(evaluation, note), comparisons, baselineName, signatureHash };
    const rows = { trainedRows: train.table.rowCount, holdoutRows: holdout.table.rowCount };
    const scoredHash = (await putTable(blobs, scored)).hash;
    return conclude(bench, input, { found: { ...found, ...rows, scoredHash }, incomparable });
  },
});

const nobody: ChampionComparison = { comparison: [], incomparable: null, championScores: null, note: null };

const meetChampion = async (
  bench: Bench,
  challenger: Challenger,
  { champion: reigning, dataset, holdout }: EvaluateInput,
): Promise<ChampionComparison> =>
  reigning === null
    ? nobody
    : compareWithChampion(bench, challenger, { champion: reigning, datasetHash: dataset.hash, holdout });

const withNote = (evaluation: Evaluation, note: string | null): Evaluation =>
  note === null ? evaluation : { ...evaluation, notes: [...evaluation.notes, note] };

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
