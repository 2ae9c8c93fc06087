import type { ColumnNeeds } from './data-policy.js';
import type { BackendTable, SnapshotTables, TableColumns } from './backend.js';

/**
 * Time to live of what is read weekly, with a day for the run: past it, the pipeline has missed its turn. A weekly
 * retraining alone keeps everything fresh; the daily pipeline renews it earlier.
 */
export const WEEKLY_TIME_TO_LIVE_SECONDS = 8 * 24 * 3600;

export interface FeatureField {
  /** Full words, unit in the name when it has one: `incomeMonthlyMean`, `utilisationShare`. */
  readonly name: string;
  readonly description: string;
  readonly unit: 'INR' | 'share' | 'count' | 'days' | 'months' | 'ratio' | 'flag' | 'code';
  /** Values outside are counted as faults of the data. @default by the unit: no negative count, no share above 1 */
  readonly range?: { readonly minimum?: number; readonly maximum?: number };
}

/**
 * Features of one kind of entity, computed by one function for training (at each label's time), for the offline store
 * and for the online store (at the snapshot's time), so that the three agree.
 */
export interface FeatureView {
  readonly name: string;
  /**
   * Raised whenever a feature is added or changes its meaning; part of every stored value's header. A published version
   * is never changed: see `feature-store/published/`.
   */
  readonly version: number;
  readonly entity: 'user';
  readonly tables: readonly BackendTable[];
  /** Columns of these tables that `prepare` reads: it is given no other. */
  readonly columns: TableColumns;
  /** What a data policy may do to them all the same. Absent: nothing. */
  readonly needs?: ColumnNeeds;
  readonly fields: readonly FeatureField[];
  /** How long an online value may be served before it counts as stale, in seconds. */
  readonly timeToLiveSeconds: number;
  /**
   * Indexes the tables once and returns a function that computes the fields, in order, from rows dated strictly before
   * `asOf` (milliseconds). NaN = unknown. Pure and deterministic.
   */
  prepare(tables: SnapshotTables): FeatureFunction;
}

/** A view with what its readers must know beside the values. */
export interface DescribedView extends FeatureView {
  /** The team that answers for it. */
  readonly owner: string;
  /** One sentence. */
  readonly description: string;
}

/** A view and its version as people and files write it: `user-financials@2`. */
export const referenceOf = ({ name, version }: Pick<FeatureView, 'name' | 'version'>): string => `${name}@${version}`;

export type FeatureFunction = (entityId: string, asOf: number) => Float64Array;
