import type { BinnedFeature } from './binning.js';
import { MISSING_BIN } from './binning.js';
import { HISTOGRAM_BINS } from './histogram-kernel.js';
import type { GradientBoostingParams } from './params.js';
import { BELOW_ALL_VALUES } from './quantile-cuts.js';
import { freeScore, leafValue, scoreOfValue, type GradientSums, type ValueRange } from './regularization.js';
import type { Branch } from './tree.js';

/** What the split search reads of a node. */
export interface SearchedNode {
  readonly sums: GradientSums;
  readonly range: ValueRange;
  /** Sums by feature and bin over the node's rows. */
  readonly histogram: Float64Array;
}

/** The best split of a node. */
export interface Split extends Branch {
  /** Rows with bins 0 … lastLeftBin go left; −1 sends every value right and only what is missing left. */
  readonly lastLeftBin: number;
  readonly left: GradientSums;
  readonly right: GradientSums;
}

/** Gains are compared in float32, so that noise of summation does not decide between equal splits. */
const SMALLEST_GAIN = 1e-6;

/**
 * Finds the split that lowers the loss most: algorithm 1 of the paper over histogram bins, with algorithm 3's learned
 * direction for missing values. Equal gains go to the first feature, and there to the first bin with missing right.
 */
export class SplitSearch {
  private node!: SearchedNode;
  private nodeScore = 0;
  private bestGain = 0;
  private bestFeature = -1;
  private bestBin = 0;
  private bestMissingLeft = false;
  private bestGradient = 0;
  private bestHessian = 0;
  private readonly constrained: boolean;

  constructor(
    private readonly params: GradientBoostingParams,
    private readonly features: readonly BinnedFeature[],
  ) {
    this.constrained = params.monotone.some((direction) => direction !== 0);
  }

  /** @param candidates - features that may be split on, ascending.  @returns null when no split is worth it. */
  find(node: SearchedNode, candidates: ArrayLike<number>): Split | null {
    this.node = node;
    this.nodeScore = Math.fround(this.score(node.sums));
    this.bestGain = SMALLEST_GAIN;
    this.bestFeature = -1;
    for (let i = 0; i < candidates.length; i++) {
      const feature = candidates[i]!;
      this.scanMissingRight(feature);
      if (this.features[feature]!.hasMissing) this.scanMissingLeft(feature);
    }
    return this.bestFeature < 0 || this.bestGain < this.params.gamma ? null : this.takeBest();
  }

  private score(sums: GradientSums): number {
    if (!this.constrained) return freeScore(sums.gradient, sums.hessian, this.params);
    return scoreOfValue(sums, leafValue(sums, this.params, this.node.range), this.params);
  }

  /** From the lowest bin up: values below the cut go left, missing values stay right. */
  private scanMissingRight(feature: number): void {
    const { histogram, sums } = this.node;
    const { cuts, hasMissing } = this.features[feature]!;
    const { minChildWeight } = this.params;
    // With nothing missing a split after the last bin would leave the right side empty.
    const end = hasMissing ? cuts.length : cuts.length - 1;
    let at = feature * HISTOGRAM_BINS * 2;
    let gradient = 0;
    let hessian = 0;
    for (let bin = 0; bin < end; bin++, at += 2) {
      if (histogram[at + 1] === 0) continue;
      gradient += histogram[at]!;
      hessian += histogram[at + 1]!;
      if (hessian < minChildWeight) continue;
      if (sums.hessian - hessian < minChildWeight) break;
      const gain = this.gain(feature, gradient, hessian);
      if (gain > this.bestGain) this.remember(gain, feature, bin, gradient, hessian, false);
    }
  }

  /** The same with the missing values on the left from the start; bin −1 is "missing against all values". */
  private scanMissingLeft(feature: number): void {
    const { histogram, sums } = this.node;
    const { minChildWeight } = this.params;
    const end = this.features[feature]!.cuts.length - 1;
    const start = feature * HISTOGRAM_BINS * 2;
    let gradient = histogram[start + 2 * MISSING_BIN]!;
    let hessian = histogram[start + 2 * MISSING_BIN + 1]!;
    for (let bin = -1; bin < end; bin++) {
      const at = start + 2 * bin;
      if (bin >= 0) {
        if (histogram[at + 1] === 0) continue;
        gradient += histogram[at]!;
        hessian += histogram[at + 1]!;
      }
      if (hessian < minChildWeight) continue;
      if (sums.hessian - hessian < minChildWeight) break;
      const gain = this.gain(feature, gradient, hessian);
      if (gain > this.bestGain) this.remember(gain, feature, bin, gradient, hessian, true);
    }
  }

  /** How much the loss falls when these sums go left, times two; −∞ when a constraint forbids it. */
  private gain(feature: number, gradient: number, hessian: number): number {
    const { sums } = this.node;
    if (this.constrained) return this.constrainedGain(feature, { gradient, hessian });
    const left = freeScore(gradient, hessian, this.params);
    const right = freeScore(sums.gradient - gradient, sums.hessian - hessian, this.params);
    return Math.fround(Math.fround(left + right) - this.nodeScore);
  }

  private constrainedGain(feature: number, left: GradientSums): number {
    const { sums, range } = this.node;
    const right = { gradient: sums.gradient - left.gradient, hessian: sums.hessian - left.hessian };
    const [low, high] = [leafValue(left, this.params, range), leafValue(right, this.params, range)];
    if ((this.params.monotone[feature] ?? 0) * (high - low) < 0) return -Infinity;
    const score = scoreOfValue(left, low, this.params) + scoreOfValue(right, high, this.params);
    return Math.fround(Math.fround(score) - this.nodeScore);
  }

  private remember(
    ...[gain, feature, bin, gradient, hessian, missingLeft]: [number, number, number, number, number, boolean]
  ): void {
    this.bestGain = gain;
    this.bestFeature = feature;
    this.bestBin = bin;
    this.bestGradient = gradient;
    this.bestHessian = hessian;
    this.bestMissingLeft = missingLeft;
  }

  private takeBest(): Split {
    const { sums } = this.node;
    const { cuts } = this.features[this.bestFeature]!;
    return {
      feature: this.bestFeature,
      threshold: this.bestBin < 0 ? BELOW_ALL_VALUES : cuts[this.bestBin]!,
      missingLeft: this.bestMissingLeft,
      gain: this.bestGain,
      lastLeftBin: this.bestBin,
      left: { gradient: this.bestGradient, hessian: this.bestHessian },
      right: { gradient: sums.gradient - this.bestGradient, hessian: sums.hessian - this.bestHessian },
    };
  }
}
