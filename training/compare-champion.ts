import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { Comparison } from '../contracts/evaluation.js';
import { contentHash, semanticVersion } from '../contracts/ids.js';
import type { Table } from '../contracts/table.js';
import { isLostBlob } from '../datasets/snapshots/lost-blob.js';
import { selectRows } from '../learning/table.js';
import type { IncomparableChampion, WindowComparison } from '../registry/champion-gate.js';
import { type EvaluationDocument, loadEvaluation } from './evaluation-document.js';
import type { HoldoutPart } from './holdout-parts.js';
import {
  poolScores,
  type ScoredArtefact,
  type ScoredPart,
  scoreParts,
  type ScoringContext,
  tooFewReason,
  tooFewRows,
} from './score-parts.js';
import { storedScores } from './stored-scores.js';
import { signatureCodes } from '../registry/signing/verify-artefact.js';
import { type UnseenPart, unseenByChampion } from './unseen-rows.js';

export const championSchema = z.strictObject({
  version: semanticVersion,
  signatureHash: contentHash,
  definitionHash: contentHash,
  datasetHash: contentHash,
  artefactHash: contentHash,
  evaluationHash: contentHash,
});
export type Champion = z.infer<typeof championSchema>;

export interface ChampionComparison {
  /** On the rows of both parts; null when the champion cannot score them. */
  readonly pooled: Comparison | null;
  /** On each part; those with too few rows are absent. */
  readonly byPart: Readonly<Partial<Record<HoldoutPart['name'], Comparison>>>;
  readonly window: WindowComparison | null;
  readonly incomparable: IncomparableChampion | null;
  /** On the whole holdout; null when the champion learned from some of it. */
  readonly championScores: Table | null;
  /** What a reader of the comparison must know. */
  readonly notes: readonly string[];
}

/**
 * Faults that say "this champion cannot read these rows", as after a change of the features or of the artefact. A
 * champion whose bytes are damaged is not among them; see `lostChampion`.
 */
const cannotScore: readonly string[] = [
  'MISSING_COLUMN',
  'SHAPE_MISMATCH',
  'INVALID_INPUT',
  'ARTEFACT_OUTDATED',
  ...tooFewRows,
];

/** With fewer rows the interval's own width is too uncertain for a verdict. */
export const FEWEST_ROWS = 50;

interface Against {
  readonly champion: Champion;
  /** An evaluation that scored the champion's artefact on these rows by the present code; absent: it is scored. */
  readonly championScoredIn?: string | undefined;
  readonly dataset: DatasetRef;
  readonly holdout: FrozenHoldout;
}

/**
 * Compares with the champion on the rows that neither version was trained on. These are all rows of both parts after an
 * ordinary week; fewer after the holdout was renewed, or on data older than the champion's. Where they are too few, all
 * rows are taken, which favours the champion and is noted. Lost blobs of the champion are named; where they cannot be
 * made again here it cannot be compared.
 */
export async function compareWithChampion(
  scoring: ScoringContext,
  challenger: ScoredArtefact,
  against: Against,
): Promise<ChampionComparison> {
  const { version, signatureHash, evaluationHash } = against.champion;
  try {
    await scoring.requireSigned?.(against.champion.artefactHash);
    const before = await loadEvaluation(scoring.blobs, evaluationHash);
    const unseen = await unseenByChampion(scoring.blobs, before, challenger.parts);
    const versions = await scoreBoth(scoring, { challenger, unseen }, against);
    const notes = [...versions.notes, ...holdoutChange(before, against)];
    return { ...compareScored(scoring, versions), incomparable: null, notes };
  } catch (fault) {
    if (isLostBlob(fault)) return lostChampion(against.champion, fault);
    if (fault instanceof PipelineError && signatureCodes.includes(fault.code))
      return refusedChampion(against.champion, fault);
    if (!(fault instanceof PipelineError) || !cannotScore.includes(fault.code)) throw fault;
    const signatureChanged = signatureHash !== challenger.signatureHash;
    const note = `champion ${version} cannot score these rows: ${fault.message}`;
    return notCompared({ version, reason: fault.message, signatureChanged }, note);
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
  return notCompared({ version, reason, signatureChanged: false }, reason);
}

/** A champion whose artefact may not be loaded keeps its place as a lost one does: a person decides. */
function refusedChampion({ version }: Champion, { message }: PipelineError): ChampionComparison {
  const reason = `champion ${version} may not be loaded: ${message}`;
  return notCompared({ version, reason, signatureChanged: false }, reason);
}

const notCompared = (incomparable: IncomparableChampion, note: string): ChampionComparison => ({
  pooled: null,
  byPart: {},
  window: null,
  incomparable,
  championScores: null,
  notes: [note],
});

const holdoutChange = ({ holdout: former }: EvaluationDocument, { holdout, champion }: Against): string[] =>
  isDeepStrictEqual(former, holdout)
    ? []
    : [`the line's holdout was changed since champion ${champion.version}: it was judged on other rows`];

interface ScoredVersions {
  readonly challenger: readonly ScoredPart[];
  readonly champion: readonly ScoredPart[];
  /** Which rows: all, unseen by the champion; those of them that are unseen; all, some of which it was trained on. */
  readonly rows: 'all unseen' | 'the unseen' | 'some learned';
  readonly notes: readonly string[];
}

interface ToScore {
  readonly challenger: ScoredArtefact;
  readonly unseen: readonly UnseenPart<ScoredPart>[];
}

const sizeOf = (parts: readonly { readonly data: { readonly table: Table } }[]): number =>
  parts.reduce((sum, { data }) => sum + data.table.rowCount, 0);

/** Scores both versions on the rows that the champion was not trained on, or on all where these are too few. */
async function scoreBoth(scoring: ScoringContext, found: ToScore, against: Against): Promise<ScoredVersions> {
  const { challenger, unseen } = found;
  const { version, artefactHash } = against.champion;
  const all = sizeOf(challenger.parts);
  const kept = unseen.reduce((sum, { rows }) => sum + rows.length, 0);
  const onAll = async (rows: ScoredVersions['rows'], notes: readonly string[]): Promise<ScoredVersions> => ({
    ...{ challenger: challenger.parts, champion: await championOnAll(scoring, challenger, against), rows, notes },
  });
  if (kept === all) return onAll('all unseen', []);

  const learned = `champion ${version} learned from ${all - kept} of the ${all} rows of the holdout`;
  const anew = kept < FEWEST_ROWS ? null : await scoreAnew(scoring, found, artefactHash);
  if (anew !== null) return { ...anew, rows: 'the unseen', notes: [`${learned}; compared on the other ${kept}`] };
  const remark = `the other ${kept} are too few to compare on, so all were taken, which favours the champion`;
  return onAll('some learned', [`${learned}; ${remark}`]);
}

/** The champion's scores of the challenger's rows: those of the same artefact or of an earlier evaluation, else anew. */
async function championOnAll(
  scoring: ScoringContext,
  challenger: ScoredArtefact,
  { champion: { artefactHash }, championScoredIn, dataset, holdout }: Against,
): Promise<readonly ScoredPart[]> {
  const { parts } = challenger;
  if (artefactHash === challenger.artefactHash) return parts;
  const known = await storedScores(scoring.blobs, championScoredIn, { artefactHash, dataset, holdout, parts });
  return known ?? (await scoreParts(scoring, artefactHash, parts)).parts;
}

/** Both versions on the unseen rows; null when these are too few for the model. */
async function scoreAnew(
  scoring: ScoringContext,
  { challenger, unseen }: ToScore,
  championHash: string,
): Promise<Pick<ScoredVersions, 'challenger' | 'champion'> | null> {
  const parts = unseen
    .filter(({ rows }) => rows.length > 0)
    .map(({ part, rows }) => ({ ...part, data: { ...part.data, table: selectRows(part.data.table, rows) } }));
  try {
    const ours = (await scoreParts(scoring, challenger.artefactHash, parts)).parts;
    const isSame = championHash === challenger.artefactHash;
    const theirs = isSame ? ours : (await scoreParts(scoring, championHash, parts)).parts;
    const both = { challenger: ours, champion: theirs };
    return comparePart(scoring, ours, theirs).comparison === null ? null : both;
  } catch (fault) {
    tooFewReason(fault);
    return null;
  }
}

/** Null with a remark when the rows are too few; rows without a known outcome are not counted. */
function comparePart(
  { model, context }: ScoringContext,
  challenger: readonly ScoredPart[],
  champion: readonly ScoredPart[],
): WindowComparison {
  if (challenger.length === 0) return { comparison: null, remark: 'no row to compare on' };
  try {
    const comparison = model.compare(poolScores(challenger), poolScores(champion), 'champion', context);
    if (comparison.n >= FEWEST_ROWS) return { comparison, remark: null };
    return { comparison: null, remark: `${comparison.n} rows are too few to judge, wanted ${FEWEST_ROWS}` };
  } catch (fault) {
    return { comparison: null, remark: tooFewReason(fault) };
  }
}

/** Compares on all scored rows, and on each part by itself. */
function compareScored(
  scoring: ScoringContext,
  { challenger, champion, rows }: ScoredVersions,
): Pick<ChampionComparison, 'pooled' | 'byPart' | 'window' | 'championScores'> {
  const pooledScores = poolScores(champion);
  const pooled = scoring.model.compare(poolScores(challenger), pooledScores, 'champion', scoring.context);
  const of = (name: HoldoutPart['name']): WindowComparison => {
    const own = (parts: readonly ScoredPart[]) => parts.filter((part) => part.name === name);
    return comparePart(scoring, own(challenger), own(champion));
  };
  const [frozen, window] = [of('frozen'), of('window')];
  return {
    pooled,
    byPart: {
      ...(frozen.comparison && { frozen: frozen.comparison }),
      ...(window.comparison && { window: window.comparison }),
    },
    // Rows that the champion was trained on cannot speak against the challenger.
    window:
      rows === 'some learned' ? { comparison: null, remark: 'the champion was trained on some of its rows' } : window,
    championScores: rows === 'all unseen' ? pooledScores : null,
  };
}
