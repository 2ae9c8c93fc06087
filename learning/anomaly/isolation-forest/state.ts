import type { PackedTrees } from './packed-trees.js';

/** Learned trees that compare one feature a node. Plain data; `encodeState` keeps it exact. */
export interface IsolationForestState {
  readonly schemaVersion: 1;
  readonly kind: 'isolation-forest';
  readonly featureCount: number;
  /** Rows each tree was grown on; sets the scale of path lengths. */
  readonly subsampleSize: number;
  readonly trees: PackedTrees;
}

/** Directions of cuts: cut c projects a row on Σ weight[c·k + q] · x[feature[c·k + q]], q < k. */
export interface CutDirections {
  /** k: coordinates a cut looks at. */
  readonly coordinates: number;
  /** (cuts · k) */
  readonly feature: Int32Array;
  /** (cuts · k); unused places have weight 0. */
  readonly weight: Float32Array;
}

/** Learned trees whose nodes compare a projection of the row. `trees.feature` holds cut numbers. */
export interface ExtendedIsolationForestState {
  readonly schemaVersion: 1;
  readonly kind: 'extended-isolation-forest';
  readonly featureCount: number;
  readonly subsampleSize: number;
  readonly cuts: CutDirections;
  readonly trees: PackedTrees;
}

export type ForestState = IsolationForestState | ExtendedIsolationForestState;
