import { PipelineError } from '../contracts/errors.js';
import type {
  ArtefactFiles,
  ComputeContext,
  FixedTestResult,
  ModelDefinition,
  Predictor,
} from '../contracts/model-definition.js';
import type { Table } from '../contracts/table.js';
import { concatTables } from '../learning/table.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import type { JobStores } from '../platform/child-process/define-job.js';
import { loadArtefact } from '../registry/artefacts.js';
import type { HoldoutPart } from './holdout-parts.js';

/** Where artefacts are scored: all on the same parts. */
export interface ScoringContext {
  readonly blobs: BlobStore;
  /** See `JobStores`. */
  readonly requireSigned?: JobStores['requireSigned'];
  readonly model: ModelDefinition;
  readonly context: ComputeContext;
}

/** A part with its scores. */
export interface ScoredPart extends HoldoutPart {
  readonly scored: Table;
}

/** A part without rows, or with too few for the model. */
export interface UnscoredPart extends HoldoutPart {
  readonly reason: string;
}

/** An artefact's scores on each part, with what else evaluation reads of it. */
export interface ScoredArtefact {
  readonly artefactHash: string;
  readonly signatureHash: string;
  readonly files: ArtefactFiles;
  /** The predictor's. */
  readonly notes: readonly string[];
  readonly parts: readonly ScoredPart[];
  readonly unscored: readonly UnscoredPart[];
  /** Scores on the model's fixed test set; null without one. */
  readonly fixedTest: FixedTestResult | null;
}

/** Faults by which a model says that rows are too few for its metric. */
export const tooFewRows: readonly string[] = ['TOO_FEW_ROWS', 'SINGLE_CLASS'];

/** The fault's message when it says that rows are too few. @throws the fault when it says anything else. */
export function tooFewReason(fault: unknown): string {
  if (fault instanceof PipelineError && tooFewRows.includes(fault.code)) return fault.message;
  throw fault;
}

async function scorePart(
  { model, context }: ScoringContext,
  predictor: Predictor,
  part: HoldoutPart,
): Promise<ScoredPart | UnscoredPart> {
  if (part.data.table.rowCount === 0) return { ...part, reason: 'it has no row' };
  try {
    return { ...part, scored: await model.score(predictor, part.data, context) };
  } catch (fault) {
    return { ...part, reason: tooFewReason(fault) };
  }
}

/**
 * The stored artefact's predictions on each part, through the predictor that serves it. Parts are scored one by one,
 * because each of a forecast has its own period.
 * @param known - parts that the artefact scored before.
 * @throws PipelineError `TOO_FEW_ROWS` when no part can be scored.
 */
export async function scoreParts(
  scoring: ScoringContext,
  artefactHash: string,
  parts: readonly HoldoutPart[],
  known: readonly ScoredPart[] = [],
): Promise<ScoredArtefact> {
  const { files, manifest } = await loadArtefact(scoring.blobs, artefactHash);
  const predictor = await scoring.model.predictor(files);
  try {
    const found: (ScoredPart | UnscoredPart)[] = [];
    for (const part of parts) {
      const before = known.find(({ name }) => name === part.name);
      found.push(before ?? (await scorePart(scoring, predictor, part)));
    }
    const scored = found.filter((part) => 'scored' in part);
    const unscored = found.filter((part) => 'reason' in part);
    if (scored.length === 0) throw nothingToScore(scoring.model, unscored);
    const fixedTest = (await scoring.model.fixedTest?.(predictor, scoring.context)) ?? null;
    const { signatureHash } = manifest;
    return { artefactHash, signatureHash, files, notes: predictor.notes, parts: scored, unscored, fixedTest };
  } finally {
    await predictor.close();
  }
}

function nothingToScore({ name }: ModelDefinition, unscored: readonly UnscoredPart[]): PipelineError {
  const reasons = unscored.map(({ title, reason }) => `${title}: ${reason}`).join('; ');
  return new PipelineError('TOO_FEW_ROWS', `${name} cannot be judged on these rows: ${reasons}`, { modelName: name });
}

/** The scores of all parts as one table, in order. */
export const poolScores = (parts: readonly ScoredPart[]): Table => concatTables(parts.map(({ scored }) => scored));
