import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { FrozenHoldout, TrainingData } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { Comparison } from '../contracts/evaluation.js';
import { contentHash, semanticVersion } from '../contracts/ids.js';
import type { ArtefactFiles, ComputeContext, FixedTestResult, ModelDefinition } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { isLostBlob } from '../datasets/snapshots/lost-blob.js';
import { readParquet } from '../datasets/snapshots/parquet-file.js';
import { splitHoldout } from '../learning/evaluation/split/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadArtefact } from '../registry/artefacts.js';
import type { IncomparableChampion } from '../registry/champion-gate.js';
import { type EvaluationDocument, loadEvaluation } from './evaluation-document.js';

export const championSchema = z.strictObject({
  version: semanticVersion,
  signatureHash: contentHash,
  definitionHash: contentHash,
  datasetHash: contentHash,
  artefactHash: contentHash,
  evaluationHash: contentHash,
});
export type Champion = z.infer<typeof championSchema>;

/** Where artefacts are scored: all on the same rows. */
export interface ScoringContext {
  readonly blobs: BlobStore;
  readonly model: ModelDefinition;
  readonly holdout: TrainingData;
  readonly context: ComputeContext;
}

/** An artefact's scores on the whole holdout, with what else evaluation reads of it. */
export interface ScoredArtefact {
  readonly artefactHash: string;
  readonly signatureHash: string;
  readonly files: ArtefactFiles;
  /** The predictor's. */
  readonly notes: readonly string[];
  readonly scored: Table;
  /** Scores on the model's fixed test set; null without one. */
  readonly fixedTest: FixedTestResult | null;
}

/** The stored artefact's predictions on the holdout, through the predictor that serves it. */
export async function score(
  { blobs, model, holdout, context }: ScoringContext,
  artefactHash: string,
): Promise<ScoredArtefact> {
  const { files, manifest } = await loadArtefact(blobs, artefactHash);
  const predictor = await model.predictor(files);
  try {
    const scored = await model.score(predictor, holdout, context);
    const fixedTest = (await model.fixedTest?.(predictor, context)) ?? null;
    return { artefactHash, signatureHash: manifest.signatureHash, files, notes: predictor.notes, scored, fixedTest };
  } finally {
    await predictor.close();
  }
}

export interface ChampionComparison {
  readonly comparison: readonly Comparison[];
  readonly incomparable: IncomparableChampion | null;
  /** On the whole holdout; null when the champion learned from some of it. */
  readonly championScores: Table | null;
  /** What a reader of the comparison must know. */
  readonly note: string | null;
}

/** Faults by which a model says that rows are too few to compare on. */
export const tooFewToCompare: readonly string[] = ['TOO_FEW_ROWS', 'SINGLE_CLASS'];

/**
 * Faults that say "this champion cannot read these rows", as after a change of the features or of the artefact. A
 * champion whose bytes are damaged is not among them; see `lostChampion`.
 */
const cannotScore: readonly string[] = [
  'MISSING_COLUMN',
  'SHAPE_MISMATCH',
  'INVALID_INPUT',
  'ARTEFACT_OUTDATED',
  ...tooFewToCompare,
];

/**
 * Compares with the champion on the same rows. After the holdout was renewed these are the rows that the champion did
 * not learn from either; where these are too few, all rows, which favours the champion and is noted. Lost blobs of the
 * champion are named; where they cannot be made again here it cannot be compared.
 */
export async function compareWithChampion(
  scoring: ScoringContext,
  challenger: ScoredArtefact,
  against: { readonly champion: Champion; readonly datasetHash: string; readonly holdout: FrozenHoldout },
): Promise<ChampionComparison> {
  const { version, signatureHash, artefactHash, evaluationHash } = against.champion;
  try {
    const before = await loadEvaluation(scoring.blobs, evaluationHash);
    const stored = isSameRows(before, against) ? await storedScores(scoring.blobs, before.scoredHash) : null;
    const championScores = stored ?? (await score(scoring, artefactHash)).scored;
    const versions = { challenger, champion: against.champion, championScores };
    const { comparison, note } = await compareOnUnseenRows(scoring, versions, before.holdout);
    // Scores of rows that the champion learned from measure nothing.
    const usable = note === null ? championScores : null;
    return { comparison: [comparison], incomparable: null, championScores: usable, note };
  } catch (fault) {
    if (isLostBlob(fault)) return lostChampion(against.champion, fault);
    if (!(fault instanceof PipelineError) || !cannotScore.includes(fault.code)) throw fault;
    const signatureChanged = signatureHash !== challenger.signatureHash;
    const note = `champion ${version} cannot score these rows: ${fault.message}`;
    const incomparable = { version, reason: fault.message, signatureChanged };
    return { comparison: [], incomparable, championScores: null, note };
  }
}

/** The scores that the champion's evaluation stored; null when they are lost: scoring the champion makes them again. */
async function storedScores(blobs: BlobStore, hash: string): Promise<Table | null> {
  try {
    return await readParquet([await blobs.localPath(hash)]);
  } catch (fault) {
    if (isLostBlob(fault)) return null;
    throw fault;
  }
}

/**
 * A champion whose evaluation or artefact is lost cannot be compared. The run goes on, and its gate fails: a fault of the
 * store is no reason to replace the champion, which takes a person's override.
 */
function lostChampion({ version, evaluationHash }: Champion, fault: PipelineError): ChampionComparison {
  const hash = typeof fault.details.hash === 'string' ? fault.details.hash : 'unknown';
  const what = hash === evaluationHash ? 'evaluation' : 'artefact';
  const reason =
    `the ${what} blob ${hash.slice(0, 12)} of champion ${version} is missing or damaged: restore it from a backup of the ` +
    'store, or take a new version with `ml promote --override`, whose evaluation is stored again';
  return {
    comparison: [],
    incomparable: { version, reason, signatureChanged: false },
    championScores: null,
    note: reason,
  };
}

/** Whether the scores stored at the champion's own evaluation are of these rows. */
const isSameRows = (
  before: EvaluationDocument,
  { datasetHash, holdout }: { readonly datasetHash: string; readonly holdout: FrozenHoldout },
): boolean => before.dataset.hash === datasetHash && isDeepStrictEqual(before.holdout, holdout);

interface ComparedVersions {
  readonly challenger: ScoredArtefact;
  readonly champion: Champion;
  /** On the whole holdout. */
  readonly championScores: Table;
}

/** With fewer rows the interval's own width is too uncertain for a verdict. */
const FEWEST_ROWS = 50;

/** @param former - holdout of the champion's evaluation: it learned from the rows outside. */
async function compareOnUnseenRows(
  scoring: ScoringContext,
  versions: ComparedVersions,
  former: FrozenHoldout,
): Promise<{ readonly comparison: Comparison; readonly note: string | null }> {
  const { model, holdout, context } = scoring;
  const { challenger, champion, championScores } = versions;
  const onAll = (): Comparison => model.compare(challenger.scored, championScores, 'champion', context);
  const unseen = splitHoldout(former, holdout.table).holdout;
  const [all, kept] = [holdout.table.rowCount, unseen.rowCount];
  if (kept === all) return { comparison: onAll(), note: null };

  const learned = `champion ${champion.version} learned from ${all - kept} of the ${all} rows of the renewed holdout`;
  const onUnseen = { ...scoring, holdout: { ...holdout, table: unseen } };
  const comparison = kept < FEWEST_ROWS ? null : await compareAnew(onUnseen, versions);
  if (comparison !== null) return { comparison, note: `${learned}; compared on the other ${kept}` };
  const remark = `the other ${kept} are too few to compare on, so all were taken, which favours the champion`;
  return { comparison: onAll(), note: `${learned}; ${remark}` };
}

/** Scores both versions on these rows. @returns Null when the rows are too few for the model's metric. */
async function compareAnew(
  scoring: ScoringContext,
  { challenger, champion }: Pick<ComparedVersions, 'challenger' | 'champion'>,
): Promise<Comparison | null> {
  const challengerScores = await score(scoring, challenger.artefactHash);
  const championScores = await score(scoring, champion.artefactHash);
  const { model, context } = scoring;
  try {
    const comparison = model.compare(challengerScores.scored, championScores.scored, 'champion', context);
    return comparison.n < FEWEST_ROWS ? null : comparison; // rows without a known outcome are not counted in n
  } catch (fault) {
    if (fault instanceof PipelineError && tooFewToCompare.includes(fault.code)) return null;
    throw fault;
  }
}
