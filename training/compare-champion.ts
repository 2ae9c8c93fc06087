import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { FrozenHoldout, TrainingData } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { Comparison } from '../contracts/evaluation.js';
import { contentHash, semanticVersion } from '../contracts/ids.js';
import type { ArtefactFiles, ComputeContext, ModelDefinition } from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { readParquet } from '../datasets/snapshots/parquet.js';
import { splitHoldout } from '../learning/evaluation/split/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadArtefact } from '../registry/artefacts.js';
import type { IncomparableChampion } from '../registry/gates.js';
import { type EvaluationDocument, loadEvaluation } from './evaluation-document.js';

export const champion = z.strictObject({
  version: semanticVersion,
  signatureHash: contentHash,
  artefactHash: contentHash,
  evaluationHash: contentHash,
});
export type Champion = z.infer<typeof champion>;

/** What scoring works with. */
export interface Bench {
  readonly blobs: BlobStore;
  readonly model: ModelDefinition;
  readonly holdout: TrainingData;
  readonly context: ComputeContext;
}

export interface Scores {
  readonly scored: Table;
  readonly signatureHash: string;
}

/** The stored artefact's predictions on the holdout, through the predictor that serves it. */
export async function score(
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

/** The challenger's scores on the whole holdout, and where to get others. */
export interface Challenger extends Scores {
  readonly artefactHash: string;
}

export interface ChampionComparison {
  readonly comparison: readonly Comparison[];
  readonly incomparable: IncomparableChampion | null;
  /** On the whole holdout; null when the champion learned from some of it. */
  readonly championScores: Table | null;
  /** What a reader of the comparison must know. */
  readonly note: string | null;
}

/**
 * Faults that say "this champion cannot read these rows", as after a change of the features. A champion whose bytes are
 * damaged is not among them: it is a fault of the store, and no challenger wins by it.
 */
const cannotScore: readonly string[] = ['MISSING_COLUMN', 'SHAPE_MISMATCH', 'INVALID_INPUT'];

/**
 * Compares with the champion on the same rows. After the holdout was renewed these are the rows that the champion did
 * not learn from either; where they are too few, all of them, which favours the champion and is said.
 */
export async function compareWithChampion(
  bench: Bench,
  challenger: Challenger,
  against: { readonly champion: Champion; readonly datasetHash: string; readonly holdout: FrozenHoldout },
): Promise<ChampionComparison> {
  const { version, signatureHash, artefactHash, evaluationHash } = against.champion;
  const before = await loadEvaluation(bench.blobs, evaluationHash);
  try {
    const other = isSameRows(before, against)
      ? await readParquet([await bench.blobs.localPath(before.scoredHash)])
      : (await score(bench, artefactHash)).scored;
    const compared = await compareFairly(bench, { challenger, other, champion: against.champion }, before.holdout);
    // Scores of rows that were learned are no measure for anything.
    const championScores = compared.note === null ? other : null;
    return { comparison: [compared.comparison], incomparable: null, championScores, note: compared.note };
  } catch (fault) {
    if (!(fault instanceof PipelineError) || !cannotScore.includes(fault.code)) throw fault;
    const signatureChanged = signatureHash !== challenger.signatureHash;
    const note = `champion ${version} cannot score these rows: ${fault.message}`;
    const incomparable = { version, reason: fault.message, signatureChanged };
    return { comparison: [], incomparable, championScores: null, note };
  }
}

/** Then the champion's scores of the day it was registered are these. */
const isSameRows = (
  before: EvaluationDocument,
  { datasetHash, holdout }: { readonly datasetHash: string; readonly holdout: FrozenHoldout },
): boolean => before.dataset.hash === datasetHash && isDeepStrictEqual(before.holdout, holdout);

interface Rivals {
  readonly challenger: Challenger;
  /** The champion's scores on the whole holdout. */
  readonly other: Table;
  readonly champion: Champion;
}

/** Below this an interval says little about its own width; `better` would be luck. */
const FEWEST_ROWS = 50;

/** Faults that say "too little to compare on". */
const tooLittle: readonly string[] = ['TOO_FEW_ROWS', 'SINGLE_CLASS'];

async function compareFairly(
  bench: Bench,
  rivals: Rivals,
  former: FrozenHoldout,
): Promise<{ readonly comparison: Comparison; readonly note: string | null }> {
  const { model, holdout, context } = bench;
  const onAll = (): Comparison => model.compare(rivals.challenger.scored, rivals.other, 'champion', context);
  const unseen = splitHoldout(former, holdout.table).holdout;
  const [all, kept] = [holdout.table.rowCount, unseen.rowCount];
  if (kept === all) return { comparison: onAll(), note: null };

  const learned = `champion ${rivals.champion.version} learned from ${all - kept} of the ${all} rows of the renewed holdout`;
  const comparison =
    kept < FEWEST_ROWS ? null : await compareOn({ ...bench, holdout: { ...holdout, table: unseen } }, rivals);
  if (comparison !== null) return { comparison, note: `${learned}; compared on the other ${kept}` };
  const remark = `the other ${kept} are too few to compare on, so all were taken, which favours the champion`;
  return { comparison: onAll(), note: `${learned}; ${remark}` };
}

/** Scores both anew on some of the rows. @returns Null when these are too few for the model's metric. */
async function compareOn(bench: Bench, { challenger, champion: rival }: Rivals): Promise<Comparison | null> {
  const ours = await score(bench, challenger.artefactHash);
  const theirs = await score(bench, rival.artefactHash);
  try {
    const comparison = bench.model.compare(ours.scored, theirs.scored, 'champion', bench.context);
    return comparison.n < FEWEST_ROWS ? null : comparison; // rows without a known outcome count for nothing
  } catch (fault) {
    if (fault instanceof PipelineError && tooLittle.includes(fault.code)) return null;
    throw fault;
  }
}
