import { z } from 'zod';
import type { ArtefactFiles, Explained, Predictor } from '../../../contracts/model-definition.js';
import { promiseTry, readJson } from '../../../learning/artefact/index.js';
import { inputSchema, type Preprocessing, preprocessing } from '../../../learning/tabular/preprocessing/index.js';
import { columnNames } from '../data/columns.js';
import type { AnomalyAnswer } from './answer.js';
import { type Detector, readDetector, readTrees } from './artefact.js';
import { blend } from './blend.js';
import { type EncodableRows, encodeSignals, inputCount, missingInputs } from './encoding.js';
import { liftExtremes, tailSums } from './extremes.js';
import { type Explanation, explainRequest } from './explanation.js';
import { type AnomalyRequest, requestRows, requestSchema } from './request.js';
import { openScorer } from './scorer.js';

const output: z.ZodType<AnomalyAnswer> = z.strictObject({
  isAnomaly: z.boolean(),
  modelUsed: z.string(),
  score: z.number().min(0).max(1),
  threshold: z.number(),
});

/** The predictor with what only this model's own code asks of it. */
export interface AnomalyPredictor extends Predictor<AnomalyRequest, AnomalyAnswer> {
  readonly encoding: Detector['encoding'];
  /** The columns of a table of any layout; null for transactions. */
  readonly table: Preprocessing | null;
  explain(request: AnomalyRequest): Promise<Explained<AnomalyAnswer, Explanation>>;
}

/** File of an artefact that was trained from a table of any layout: the columns that a request has. */
export const TABLE_FILE = 'preprocessing.json';

/** A row of a table, with the bounds and lists of its schema. */
const rowSchema = (table: Preprocessing): z.ZodType<AnomalyRequest> =>
  inputSchema(table, (name) => name).transform((row) => ({ row }));

function modelNameOf({ categoryModels, supervised }: Detector, category: string | null): string {
  const own = category !== null && categoryModels.includes(category) ? `${category} and pooled` : 'pooled';
  return supervised === null ? own : `${own}, with confirmed misuse`;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** What a reader should know of a threshold at which many training rows have the same score. */
export const tieNotes = ({ contamination, reached }: Pick<Detector, 'contamination' | 'reached'>): string[] =>
  reached === undefined
    ? []
    : [
        `a contamination of ${percent(contamination)} was asked for and ${percent(reached.share)} reached: ` +
          `${reached.tied} training rows have the score of the threshold`,
      ];

const isUnseen = ({ categories, hasCategory }: Detector['encoding'], category: string | null): boolean =>
  hasCategory && category !== null && !categories.includes(category);

function withExtremes({ encoding, extremes, threshold }: Detector, scores: Float64Array, rows: EncodableRows) {
  if (extremes === undefined) return scores;
  const sums = tailSums(extremes.tails, encodeSignals(encoding, rows));
  return liftExtremes(scores, sums, { limit: extremes.limit, threshold });
}

/**
 * Loads an artefact. A request holds the transaction and its past, or features; unknown values get the fill value
 * of training, a category absent from training is scored by the pooled model.
 * @throws PipelineError `ARTEFACT_INVALID`.
 */
export async function openPredictor(files: ArtefactFiles): Promise<AnomalyPredictor> {
  const detector = readDetector(files);
  const { encoding, categoryModels, threshold } = detector;
  const table = files[TABLE_FILE] === undefined ? null : readJson(files, TABLE_FILE, preprocessing);
  // What follows keeps the trees, and neither the files nor more graphs than one: see openScorer.
  const trees = readTrees(files);
  const scorer = await openScorer(files, { encoding, categoryModels, trees });
  const answersOf = (requests: readonly AnomalyRequest[]): AnomalyAnswer[] => {
    if (requests.length === 0) return [];
    const rows = requestRows(requests, encoding);
    const scores = withExtremes(detector, blend(detector, scorer.score(rows)), rows);
    return Array.from(scores, (score, row) => ({
      isAnomaly: score > threshold,
      modelUsed: modelNameOf(detector, rows.category(row)),
      score,
      threshold,
    }));
  };
  return {
    input: table === null ? requestSchema(encoding) : rowSchema(table),
    table,
    output,
    notes: tieNotes(detector),
    encoding,
    coverage: (request) => ({
      missing: missingInputs(encoding, requestRows([request], encoding), 0),
      unseen: isUnseen(encoding, request.category ?? null) ? [columnNames.category] : [],
      inputs: inputCount(encoding),
      fewestKnown: encoding.fewestKnown ?? 1,
    }),
    predict: (requests) => promiseTry(() => answersOf(requests)),
    explain: (request) =>
      promiseTry(() => {
        const [answer] = answersOf([request]);
        const explanation = explainRequest({ detector, trees, request, answer: answer! });
        return { output: answer!, explanation };
      }),
    close: () => scorer.close(),
  };
}
