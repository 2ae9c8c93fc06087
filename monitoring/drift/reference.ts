import type { MonitoredModel } from '../../models/catalogue.js';
import type pg from 'pg';
import { z } from 'zod';
import { type ColumnShape, columnShape, type DriftMode } from '../../contracts/drift.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { hashOfJson } from '../../platform/blobs/hash.js';
import type { ClassifierEstimator } from '../../learning/evaluation/drift/performance/classifier.js';
import { decodeState, encodeState } from '../../learning/artefact/state-json.js';
import { shapeOf } from './column-shape.js';
import type { ColumnValues } from './column-values.js';
import { fitEstimator } from './estimate-performance.js';
import { findReference, keepReference } from './drift-log.js';
import { heldOutColumns, loadHeldOut, monitoredColumns } from './held-out-columns.js';
import { decodeProfile, encodeProfile, profileOf, type ReferenceProfile } from './statistics.js';

/** Raised when references are made otherwise: those that are stored are then made anew. */
const REFERENCE_VERSION = 2;

const storedReference = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string(), shape: columnShape })),
  /** Sketches, in the statistics' own form. */
  profile: z.string(),
  /** What held-out rows teach about probabilities, in the statistics' own form; null: the model has none. */
  estimator: z.string().nullable(),
});

/** What a window is compared with. */
export interface Reference {
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly shape: ColumnShape }[];
  readonly estimator: ClassifierEstimator | null;
  readonly profile: ReferenceProfile;
  /** The values themselves, which mode `evidently` compares with; null in mode `default`. */
  readonly values: readonly ColumnValues[] | null;
}

interface ReferenceDeps {
  readonly blobs: BlobStore;
  readonly database: Pick<pg.Pool, 'query'>;
}

interface Wanted {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly evaluationHash: string;
  readonly mode: DriftMode;
  readonly mostRows: number;
}

/** What the stored form of a version's reference depends on. */
const codeOf = (model: MonitoredModel): string => {
  const columns = monitoredColumns(model).map(({ name, kind, role }) => ({ name, kind, role }));
  const { probability } = model.monitoring ?? {};
  return hashOfJson({ version: REFERENCE_VERSION, columns, probability: probability?.kind ?? null });
};

/**
 * A version's reference: the stored one, else it is made of the version's held-out rows and stored. Mode `evidently` reads
 * the rows each time.
 * @throws PipelineError `BLOB_NOT_FOUND`, `DATASET_NOT_FOUND` when the rows are needed and no longer stored.
 */
export async function referenceOf(deps: ReferenceDeps, model: MonitoredModel, wanted: Wanted): Promise<Reference> {
  const { modelName, line, version, mode } = wanted;
  const key = { modelName, line, version, code: codeOf(model) };
  const stored = mode === 'evidently' ? null : await findReference(deps.database, key);
  if (stored !== null) {
    const { columns, profile, estimator: fitted } = storedReference.parse(stored.profile);
    const estimator = fitted === null ? null : (decodeState(fitted) as ClassifierEstimator);
    return { rows: stored.rows, columns, estimator, profile: decodeProfile(profile), values: null };
  }
  const made = await makeReference(deps.blobs, model, wanted);
  const { rows, columns, profile } = made;
  const estimator = made.estimator === null ? null : encodeState(made.estimator);
  await keepReference(deps.database, key, { rows, profile: { columns, estimator, profile: encodeProfile(profile) } });
  return made;
}

async function makeReference(blobs: BlobStore, model: MonitoredModel, wanted: Wanted): Promise<Reference> {
  const heldOut = await loadHeldOut(blobs, model, wanted.evaluationHash);
  const values = heldOutColumns(monitoredColumns(model), heldOut, wanted.mostRows);
  const { probability } = model.monitoring ?? {};
  return {
    rows: heldOut.rows.rowCount,
    columns: values.map((each) => ({ name: each.column.name, shape: shapeOf(each) })),
    estimator: probability === undefined ? null : fitEstimator(probability, heldOut.scored),
    profile: profileOf(values),
    values,
  };
}
