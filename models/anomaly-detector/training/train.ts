import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import {
  type GradientBoostingState,
  openBoostingFits,
  toOnnx,
} from '../../../learning/tabular/gradient-boosting/index.js';
import { quantile } from '../../../learning/evaluation/metrics/index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { numberColumn, selectRows, timestampColumn } from '../../../learning/table.js';
import {
  type Detector,
  type DetectorTrees,
  fileNames,
  readDetector,
  readTrees,
  writeDetector,
  writeTrees,
} from '../prediction/artefact.js';
import { blend, standardOf, supervisedWeight } from '../prediction/blend.js';
import { columnNames } from '../data/columns.js';
import {
  boostedNames,
  type EncodableRows,
  encodeBoosted,
  encodeSignals,
  fitEncoding,
  largestCategories,
  pickRows,
  tableRows,
} from '../prediction/encoding.js';
import { writeJson } from '../../../learning/artefact/index.js';
import { fitPreprocessing } from '../../../learning/tabular/preprocessing/index.js';
import { TABLE_FILE } from '../prediction/predictor.js';
import { type TableColumn, tableColumnsOf } from '../prediction/table-columns.js';
import { fitExtremes, tailSums } from '../prediction/extremes.js';
import { knownMisuse } from './known-misuse.js';
import { asMatrix, type MemberState } from '../prediction/member-state.js';
import { fitForest, fitPooled, memberGraph, updateMember } from './members.js';
import type { AnomalyParams } from '../params.js';
import { openScorer } from '../prediction/scorer.js';
import { requireAtLeast } from '../../../learning/checks.js';

/** With fewer rows the scores cannot separate usual from unusual. */
const FEWEST_ROWS = 100;
/** Limit by the number of files that an artefact may have. */
const MOST_CATEGORY_MODELS = 48;
/** Rows whose scores determine the threshold; enough for a stable quantile. */
const THRESHOLD_ROWS = 20_000;

interface Training {
  readonly context: TrainContext;
  readonly data: TrainingData;
  readonly params: AnomalyParams;
  /** Of a table of any layout; null for transactions. */
  readonly columns: readonly TableColumn[] | null;
}

/** @throws PipelineError `TOO_FEW_ROWS`; `MISSING_COLUMN` without the label's column, which may be empty. */
function requireRows({ data: { schema, table } }: Training): void {
  numberColumn(table, schema.label);
  requireAtLeast('rows to learn from', table.rowCount, FEWEST_ROWS, { line: schema.line, column: schema.label });
}

interface Unsupervised {
  readonly encoding: Detector['encoding'];
  readonly pooled: MemberState;
  readonly categoryModels: readonly string[];
  readonly categories: readonly MemberState[];
  readonly updates: number;
}

/** Categories with enough rows for a model of their own, with their rows. */
const modelledCategories = (rows: EncodableRows, minimum: number): [string, number[]][] =>
  largestCategories(rows)
    .filter(([, members]) => members.length >= minimum)
    .slice(0, MOST_CATEGORY_MODELS);

/** Forests on all training rows; each tree samples a few hundred of them. */
async function fitForests({ context, data, params, columns }: Training, rows: EncodableRows): Promise<Unsupervised> {
  const encoding = fitEncoding(data.schema, rows, params, columns);
  const width = encoding.signals.length;
  const values = encodeSignals(encoding, rows);
  const pooled = await fitPooled(params, asMatrix(values, width), context);
  const wanted = params.categoryModels ? modelledCategories(rows, params.minimumCategoryRows) : [];
  const categories = wanted.map(([category, members], k) => {
    context.signal.throwIfAborted();
    context.onProgress({ stage: `category ${category}`, done: k + 1, total: wanted.length });
    return fitForest(params, asMatrix(pickRows(values, width, members), width), {
      ...context,
      seed: context.seed + k + 1,
    });
  });
  return { encoding, pooled, categoryModels: wanted.map(([category]) => category), categories, updates: 0 };
}

/** The newest rows before the holdout. */
function newestRows({ data: { schema, table }, params }: Training): number[] {
  const time = schema.table === undefined ? columnNames.time : schema.table.time;
  const times = time === undefined ? new Float64Array(table.rowCount) : timestampColumn(table, time);
  const order = [...times.keys()].sort((a, b) => times[a]! - times[b]!);
  return order.slice(-params.updateWindowRows);
}

/** The champion's forests with their oldest trees replaced by trees grown on the newest rows. */
function updateForests(training: Training, champion: ArtefactFiles): Unsupervised {
  const { data, params, context, columns } = training;
  const before = readDetector(champion);
  const trees = readTrees(champion);
  const table = selectRows(data.table, newestRows(training));
  const rows = tableRows(data.schema, table, columns);
  const width = before.encoding.signals.length;
  const values = encodeSignals(before.encoding, rows);
  const updates = before.updates + 1;
  const renewal = { share: params.updateShare, seed: context.seed + 1000 * updates };
  const members = new Map(modelledCategories(rows, params.subsampleSize));
  return {
    encoding: before.encoding,
    pooled: updateMember(trees.pooled, asMatrix(values, width), renewal),
    categoryModels: before.categoryModels,
    categories: trees.categories.map((state, k) => {
      const window = asMatrix(pickRows(values, width, members.get(before.categoryModels[k]!) ?? []), width);
      return updateMember(state, window, { ...renewal, seed: renewal.seed + k + 1 });
    }),
    updates,
  };
}

interface Supervised {
  readonly trees: GradientBoostingState;
  readonly confirmed: number;
}

/** Boosted trees on confirmed misuse; null below `minimumConfirmed`. */
async function fitBoosted(
  { context, data, params, columns }: Training,
  encoding: Detector['encoding'],
): Promise<Supervised | null> {
  if (params.feedback !== 'learn') return null;
  const { rows, labels, weights, confirmed } = knownMisuse(data, params, context.seed);
  if (confirmed < params.minimumConfirmed || confirmed === rows.length) return null;
  const part = tableRows(data.schema, selectRows(data.table, rows), columns);
  const x = asMatrix(encodeBoosted(encoding, part), boostedNames(encoding).length);
  const settings = {
    nEstimators: params.boostingRounds,
    maxDepth: params.maxDepth,
    eta: 0.1,
    subsample: 0.7,
    colsample: 0.8,
    minChildWeight: 1,
    lambda: 5,
  };
  const fits = await openBoostingFits(context.checkpoint);
  const trees = await fits.fit(settings, x, labels, { ...context, weights });
  return { trees, confirmed };
}

const graphsOf = ({ pooled, categories }: Unsupervised, boosted: GradientBoostingState | null): ArtefactFiles => ({
  [fileNames.pooled]: memberGraph(pooled),
  ...Object.fromEntries(categories.map((state, k) => [fileNames.category(k), memberGraph(state)])),
  ...(boosted === null ? {} : { [fileNames.boosted]: toOnnx(boosted) }),
});

/** A sample of the training rows, or of the window that an update learned from. */
function thresholdRows(training: Training): Int32Array {
  const candidates =
    training.context.champion === null ? [...Array(training.data.table.rowCount).keys()] : newestRows(training);
  const drawn = createRandom(training.context.seed).fork('threshold').shuffle(candidates).slice(0, THRESHOLD_ROWS);
  return Int32Array.from(drawn).sort();
}

/** A share of alerts further from the contamination, relative to it, is told. */
const TOLERATED_DIFFERENCE = 0.1;

/**
 * The share of alerts that a threshold gives where equal scores keep it from the contamination.
 * @param scores - of the rows that are not extreme; the extreme ones are alerts.
 */
export function reachedShare(
  scores: Float64Array,
  threshold: number,
  { rows, contamination }: { readonly rows: number; readonly contamination: number },
): Pick<Detector, 'reached'> {
  const tied = scores.filter((score) => score === threshold).length;
  const share = (rows - scores.length + scores.filter((score) => score > threshold).length) / rows;
  const isNear = Math.abs(share - contamination) <= TOLERATED_DIFFERENCE * contamination;
  return tied < 2 || isNear ? {} : { reached: { share, tied } };
}

/** Share of the alerts that is kept for extremes. */
const EXTREME_ALERTS = 0.2;

/**
 * Known misuse is of the kinds that happened: a supervised part that is sure of those says little of a payment that no
 * kind resembles. So a part of the alerts goes to the most extreme rows, and the threshold is set by the others.
 */
function withExtremes(
  encoding: Detector['encoding'],
  rows: EncodableRows,
  { blended, contamination }: { readonly blended: Float64Array; readonly contamination: number },
): Pick<Detector, 'extremes' | 'threshold' | 'reached'> {
  const values = encodeSignals(encoding, rows);
  const extremes = fitExtremes(encoding, values, EXTREME_ALERTS * contamination);
  const sums = tailSums(extremes.tails, values);
  const others = blended.filter((_, row) => sums[row]! <= extremes.limit).sort();
  const alerts = Math.max(0, contamination * blended.length - (blended.length - others.length));
  const threshold = quantile(others, 1 - alerts / others.length);
  return { extremes, threshold, ...reachedShare(others, threshold, { rows: blended.length, contamination }) };
}

const treesOf = ({ pooled, categories }: Unsupervised, supervised: Supervised | null): DetectorTrees => ({
  ...{ pooled, categories, boosted: supervised?.trees ?? null },
});

/** Scores rows as they will be served and sets the threshold from them. */
async function calibrate(
  training: Training,
  forests: Unsupervised,
  supervised: Supervised | null,
  graphs: ArtefactFiles,
): Promise<Detector> {
  const { encoding, updates } = forests;
  const categoryModels = [...forests.categoryModels];
  const { schema, table } = training.data;
  const rows = tableRows(schema, selectRows(table, thresholdRows(training)), training.columns);
  const scorer = await openScorer(graphs, { encoding, categoryModels, trees: treesOf(forests, supervised) });
  const scores = scorer.score(rows);
  await scorer.close();
  const parts = {
    unsupervised: standardOf(scores.unsupervised),
    supervised:
      supervised === null || scores.margin === null
        ? null
        : {
            ...standardOf(scores.margin),
            weight: supervisedWeight(supervised.confirmed),
            confirmed: supervised.confirmed,
          },
  };
  const { contamination } = training.params;
  const blended = blend(parts, scores);
  const settings = { schemaVersion: 1 as const, encoding, categoryModels, ...parts, contamination, updates };
  // Of a table nobody says that large values are the suspicious ones.
  if (parts.supervised === null || training.columns !== null) {
    const threshold = quantile(blended.sort(), 1 - contamination);
    return { ...settings, threshold, ...reachedShare(blended, threshold, { rows: blended.length, contamination }) };
  }
  return { ...settings, ...withExtremes(encoding, rows, { blended, contamination }) };
}

/**
 * Isolation forests on a few signals, pooled and a category each; boosted trees beside them once enough misuse is
 * confirmed. With `context.champion` the champion's forests are continued instead (see docs/anomaly-detector.md).
 * Deterministic: the same data, parameters, seed and champion give the same bytes.
 * @throws PipelineError `TOO_FEW_ROWS`, `NOT_FINITE`, `MISSING_COLUMN`, `ARTEFACT_INVALID` (champion).
 */
export async function train(context: TrainContext, data: TrainingData, params: AnomalyParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const before = context.champion === null ? null : readDetector(context.champion).encoding;
  const columns = before === null ? tableColumnsOf(data.schema, data.table) : (before.table ?? null);
  const training = { context, data, params, columns };
  requireRows(training);
  const rows = tableRows(data.schema, data.table, columns);
  const forests =
    context.champion === null ? await fitForests(training, rows) : updateForests(training, context.champion);
  const supervised = await fitBoosted(training, forests.encoding);
  const trees = treesOf(forests, supervised);
  const graphs = graphsOf(forests, trees.boosted);
  const detector = await calibrate(training, forests, supervised, graphs);
  const files = { ...graphs, [fileNames.detector]: writeDetector(detector), [fileNames.trees]: writeTrees(trees) };
  if (columns === null) return files;
  return { ...files, [TABLE_FILE]: writeJson(fitPreprocessing(data.schema, data.table)) };
}
