import { z } from 'zod';
import { evaluatedModel, evaluateModelInput } from '../contracts/activities.js';
import { frozenHoldout } from '../contracts/dataset.js';
import { type Comparison, type Evaluation, NOT_MEASURABLE } from '../contracts/evaluation.js';
import { contentHash } from '../contracts/ids.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { putTable } from '../datasets/snapshots/put-table.js';
import { concatTables } from '../learning/table.js';
import { findModel } from '../models/catalogue.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';
import { judgeGates } from '../registry/gates.js';
import { type ChampionComparison, championSchema, compareWithChampion } from './compare-champion.js';
import { relationTo } from './champion-relation.js';
import type { EvaluationDocument } from './evaluation-document.js';
import { type DividedData, loadDivided, poolParts } from './holdout-parts.js';
import { driftOf, reportParts } from './part-reports.js';
import { partSentences } from '../registry/part-sentences.js';
import { poolScores, type ScoredArtefact, scoreParts, type ScoringContext, tooFewReason } from './score-parts.js';
import { storedScores } from './stored-scores.js';
import { assertNoLeak, loadTrainingRows } from './training-rows.js';
import { variantNotes } from './variants.js';

const evaluateInput = evaluateModelInput.omit({ cache: true }).extend({
  holdout: frozenHoldout,
  champion: championSchema.nullable(),
  /** An evaluation that scored the same artefact on the same rows by the same code, whose scores need no repetition. */
  scoredIn: contentHash.optional(),
  /** The same of the champion's artefact. */
  championScoredIn: contentHash.optional(),
  /** The version that has the artefact already, where it is not the champion. */
  repeats: championSchema.optional(),
});
type EvaluateInput = z.output<typeof evaluateInput>;

/**
 * Scores the stored artefact, the baseline and the champion on the same rows, through the predictor that serves, and
 * applies the gates. Nothing is scored from in-memory training state, and nothing before the leak test has passed.
 */
export const evaluateModel = defineJob({
  input: evaluateInput,
  output: evaluatedModel.extend({ evaluationBytes: z.int() }),
  async run(input, { blobs, requireSigned, signal, onProgress }) {
    const onStep = stepsOf({ signal, onProgress });
    await onStep('reading rows', 0, 2);
    const model = await findModel(input.modelName);
    const divided = await loadDivided(blobs, model, input);
    if (input.trainingRowsHash !== undefined)
      assertNoLeak(divided, await loadTrainingRows(blobs, input.trainingRowsHash), input);
    const context = { seed: input.seed, signal, onProgress };
    const scoring = { blobs, model, context, ...(requireSigned && { requireSigned }) };
    const challenger = await scoreChallenger(scoring, input, divided);
    const variants = await variantNotes(scoring, challenger);
    const champion = await compareWithChampionIfAny(scoring, challenger, input);
    await onStep('measuring', 1, 2);
    const found = evaluateParts(scoring, { challenger: withNotes(challenger, variants), champion, divided });
    return storeEvaluation(scoring, input, { ...found, challenger, champion, divided });
  },
});

const withNotes = (scored: ScoredArtefact, notes: readonly string[]): ScoredArtefact => ({
  ...scored,
  notes: [...scored.notes, ...notes],
});

/** Parts with rows are taken from `scoredIn`, where it has all of them. */
async function scoreChallenger(
  scoring: ScoringContext,
  { scoredIn, artefactHash, dataset, holdout }: EvaluateInput,
  { parts }: DividedData,
): Promise<ScoredArtefact> {
  const withRows = parts.filter(({ data }) => data.table.rowCount > 0);
  const wanted = { artefactHash, dataset, holdout, parts: withRows };
  const known = await storedScores(scoring.blobs, scoredIn, wanted);
  return scoreParts(scoring, artefactHash, parts, known ?? []);
}

const noComparison: ChampionComparison = {
  pooled: null,
  byPart: {},
  window: null,
  incomparable: null,
  championScores: null,
  notes: [],
};

const compareWithChampionIfAny = async (
  scoring: ScoringContext,
  challenger: ScoredArtefact,
  { champion, championScoredIn, dataset, holdout }: EvaluateInput,
): Promise<ChampionComparison> =>
  champion === null
    ? noComparison
    : compareWithChampion(scoring, challenger, { champion, championScoredIn, dataset, holdout });

interface Scored {
  readonly challenger: ScoredArtefact;
  readonly champion: ChampionComparison;
  readonly divided: DividedData;
}

interface Evaluated {
  readonly evaluation: Evaluation;
  readonly reports: Pick<EvaluationDocument, 'parts' | 'drift' | 'windowStart'>;
  readonly baselineName: string;
  readonly comparisons: readonly Comparison[];
}

/** The model's evaluation of both parts together, and of each by itself. */
function evaluateParts(scoring: ScoringContext, scored: Scored): Evaluated {
  const { challenger, champion, divided } = scored;
  const evaluation = evaluatePooled(scoring, scored);
  const pooled = evaluation.metrics[0]!;
  const parts = reportParts(scoring, challenger, { pooled, byPart: champion.byPart });
  const drift = driftOf(parts);
  const { windowStart } = divided;
  const baseline = compareWithBaseline(scoring, scored);
  const comparisons = [baseline.comparison, champion.pooled].filter((found) => found !== null);
  const notes = [
    ...partSentences(parts, { windowStart, drift }),
    ...evaluation.notes,
    ...challenger.notes,
    ...baseline.notes,
    ...champion.notes,
  ];
  return {
    evaluation: { ...evaluation, notes },
    reports: { parts, drift, windowStart },
    baselineName: baseline.name,
    comparisons,
  };
}

/** On both parts; a model's fixed test adds its metrics and slices. */
function evaluatePooled({ model, context }: ScoringContext, { challenger, champion }: Scored): Evaluation {
  const { championScores } = champion;
  const { parts, files, fixedTest } = challenger;
  const artefacts = { artefact: files, ...(championScores && { championScores }) };
  const evaluation = model.evaluate(poolScores(parts), poolParts(parts), { ...context, ...artefacts });
  return {
    ...evaluation,
    metrics: [...evaluation.metrics, ...(fixedTest?.metrics ?? [])],
    slices: [...evaluation.slices, ...(fixedTest?.slices ?? [])],
    notes: [...evaluation.notes, ...(fixedTest?.notes ?? [])],
  };
}

interface WithBaseline {
  readonly name: string;
  readonly comparison: Comparison | null;
  readonly notes: readonly string[];
}

/** The baseline scores each part as the model does. Rows that are too few for the metric carry no comparison; a note says so. */
function compareWithBaseline(scoring: ScoringContext, { challenger, divided }: Scored): WithBaseline {
  const { model, context } = scoring;
  const { parts } = challenger;
  const baselines = parts.map(({ data }) => model.baseline(divided.train, data));
  const { name } = baselines[0]!;
  const scored = concatTables(baselines.map((baseline) => baseline.scored));
  try {
    return { name, comparison: model.compare(poolScores(parts), scored, 'baseline', context), notes: [] };
  } catch (fault) {
    const note = `comparison with the baseline is ${NOT_MEASURABLE}: ${tooFewReason(fault)}`;
    return { name, comparison: null, notes: [note] };
  }
}

function judge({ model }: ScoringContext, input: EvaluateInput, { evaluation, comparisons, ...found }: Judged) {
  const { incomparable, window } = found.champion;
  const { definitionHash, artefactHash, dataset } = input;
  const challenger = { definitionHash, artefactHash, datasetHash: dataset.hash };
  const { signatureHash } = found.challenger;
  const champion = relationTo(input.champion, { ...challenger, signatureHash }, input.repeats);
  const against = { champion, incomparable, window, statedReason: input.reason };
  return judgeGates(model.gates, input.dataset.line, { metrics: evaluation.metrics, comparisons, against });
}

type Judged = Evaluated & Scored;

/** Applies the gates and stores the complete evaluation. */
async function storeEvaluation(scoring: ScoringContext, input: EvaluateInput, found: Judged) {
  const { evaluation, baselineName, challenger, divided } = found;
  const { dataset, holdout, artefactHash, trainingRowsHash = null } = input;
  const gates = judge(scoring, input, found);
  const comparisons = [...found.comparisons];
  const championVersion = input.champion?.version ?? null;
  const holdoutRows = poolParts(challenger.parts).table.rowCount;
  const document = {
    ...{ dataset, holdout, trainingRowsHash, artefactHash, signatureHash: challenger.signatureHash },
    ...{ evaluation, ...found.reports, baselineName, comparisons, gates, championVersion },
    ...{ trainedRows: divided.train.table.rowCount, holdoutRows },
    scoredHash: (await putTable(scoring.blobs, poolScores(challenger.parts))).hash,
  };
  const stored = await putJsonBlob(scoring.blobs, { kind: 'evaluation', schemaVersion: 1, ...document });
  const metrics = evaluation.metrics.slice(0, 50);
  const notes = evaluation.notes.slice(0, 20);
  const summary = { holdoutRows, metrics, baselineName, comparisons, gates, championVersion, notes };
  return { ...summary, evaluationHash: stored.hash, evaluationBytes: stored.bytes };
}
