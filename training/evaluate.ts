import { z } from 'zod';
import { evaluatedModel, evaluateModelInput } from '../contracts/activities.js';
import { frozenHoldout } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import { type Comparison, type Evaluation, NOT_MEASURABLE } from '../contracts/evaluation.js';
import type { Table } from '../contracts/table.js';
import { putTable } from '../datasets/snapshots/put-table.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { findModel } from '../models/catalogue.js';
import type { ChampionRelation, IncomparableChampion } from '../registry/champion-gate.js';
import { judgeGates } from '../registry/gates.js';
import type { EvaluationDocument } from './evaluation-document.js';
import {
  type ChampionComparison,
  championSchema,
  compareWithChampion,
  score,
  type ScoredArtefact,
  type ScoringContext,
  tooFewToCompare,
} from './compare-champion.js';
import { loadDivided } from './fit.js';
import { defineJob } from '../platform/child-process/define-job.js';

const evaluateInput = evaluateModelInput.extend({ holdout: frozenHoldout, champion: championSchema.nullable() });
type EvaluateInput = z.output<typeof evaluateInput>;

/**
 * Scores the stored artefact, the baseline and the champion on the same rows, through the predictor that serves, and
 * applies the gates. Nothing is scored from in-memory training state.
 */
export const evaluateModel = defineJob({
  input: evaluateInput,
  output: evaluatedModel.extend({ evaluationBytes: z.int() }),
  async run(input, { blobs, signal, onProgress }) {
    const model = await findModel(input.modelName);
    const { train, holdout } = await loadDivided(blobs, model, input);
    const scoring = { blobs, model, holdout, context: { seed: input.seed, signal, onProgress } };
    const challenger = await score(scoring, input.artefactHash);
    const { scored, signatureHash } = challenger;
    const baseline = model.baseline(train, holdout);
    const champion = await compareWithChampionIfAny(scoring, challenger, input);
    const withBaseline = compareWithBaseline(scoring, scored, baseline.scored);
    const comparisons = [...withBaseline.comparison, ...champion.comparison];

    const found = {
      evaluation: evaluateScores(scoring, challenger, { ...champion, notes: withBaseline.notes }),
      comparisons,
      baselineName: baseline.name,
      signatureHash,
      trainedRows: train.table.rowCount,
      holdoutRows: holdout.table.rowCount,
      scoredHash: (await putTable(blobs, scored)).hash,
    };
    return storeEvaluation(scoring, input, { found, incomparable: champion.incomparable });
  },
});

/** Rows that are too few for the model's metric carry no comparison; the note says which are missing. */
function compareWithBaseline(
  { model, context }: ScoringContext,
  scored: Table,
  baseline: Table,
): { readonly comparison: readonly Comparison[]; readonly notes: readonly string[] } {
  try {
    return { comparison: [model.compare(scored, baseline, 'baseline', context)], notes: [] };
  } catch (fault) {
    if (!(fault instanceof PipelineError) || !tooFewToCompare.includes(fault.code)) throw fault;
    return { comparison: [], notes: [`comparison with the baseline is ${NOT_MEASURABLE}: ${fault.message}`] };
  }
}

const noComparison: ChampionComparison = { comparison: [], incomparable: null, championScores: null, note: null };

const compareWithChampionIfAny = async (
  scoring: ScoringContext,
  challenger: ScoredArtefact,
  { champion, dataset, holdout }: EvaluateInput,
): Promise<ChampionComparison> =>
  champion === null
    ? noComparison
    : compareWithChampion(scoring, challenger, { champion, datasetHash: dataset.hash, holdout });

/** The model's evaluation with its fixed test; its notes end with those of the artefact and of the champion comparison. */
function evaluateScores(
  { model, holdout, context }: ScoringContext,
  { scored, files, notes, fixedTest }: ScoredArtefact,
  { championScores, note, notes: remarks }: ChampionComparison & { readonly notes: readonly string[] },
): Evaluation {
  const artefacts = { artefact: files, ...(championScores && { championScores }) };
  const evaluation = model.evaluate(scored, holdout, { ...context, ...artefacts });
  const others = [...(fixedTest?.notes ?? []), ...notes, ...remarks, ...(note === null ? [] : [note])];
  return {
    ...evaluation,
    metrics: [...evaluation.metrics, ...(fixedTest?.metrics ?? [])],
    slices: [...evaluation.slices, ...(fixedTest?.slices ?? [])],
    notes: [...evaluation.notes, ...others],
  };
}

type Found = Pick<
  EvaluationDocument,
  'baselineName' | 'signatureHash' | 'trainedRows' | 'holdoutRows' | 'scoredHash' | 'comparisons'
> & { readonly evaluation: Evaluation };

/** A refresh learned the champion's definition from another data set; runs without a recorded definition are a change. */
function relationTo(
  { champion, definitionHash, dataset }: EvaluateInput,
  signatureHash: string,
): ChampionRelation | null {
  if (champion === null) return null;
  const isSameModel = champion.definitionHash === definitionHash && champion.signatureHash === signatureHash;
  return { version: champion.version, isRefresh: isSameModel && champion.datasetHash !== dataset.hash };
}

/** Applies the gates and stores the complete evaluation. */
async function storeEvaluation(
  { blobs, model }: ScoringContext,
  input: EvaluateInput,
  { found, incomparable }: { readonly found: Found; readonly incomparable: IncomparableChampion | null },
) {
  const { dataset, holdout, artefactHash } = input;
  const { evaluation, comparisons, holdoutRows, baselineName } = found;
  const metrics = [...evaluation.metrics];
  const against = { champion: relationTo(input, found.signatureHash), incomparable, statedReason: input.reason };
  const gates = judgeGates(model.gates, dataset.line, { metrics, comparisons, against });
  const championVersion = input.champion?.version ?? null;
  const document = { ...found, dataset, holdout, artefactHash, gates, championVersion };
  const stored = await putJsonBlob(blobs, { kind: 'evaluation', schemaVersion: 1, ...document });
  const summary = { holdoutRows, metrics: metrics.slice(0, 50), baselineName, comparisons, gates, championVersion };
  const notes = evaluation.notes.slice(0, 20);
  return { ...summary, notes, evaluationHash: stored.hash, evaluationBytes: stored.bytes };
}
