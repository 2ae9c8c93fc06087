import type { Random } from '../../numeric/random/index.js';
import { featureRange } from './axis-cuts.js';
import type { CutDirections } from './state.js';
import type { CutSource, NarrowRows, NodeRows } from './tree-growth.js';

/** Standard deviation of each column; 1 for a constant one. */
function columnScales({ values, rows, cols }: NarrowRows): Float64Array {
  return Float64Array.from({ length: cols }, (_, j) => {
    let [mean, squares] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const step = values[i * cols + j]! - mean;
      mean += step / (i + 1);
      squares += step * (values[i * cols + j]! - mean);
    }
    return Math.sqrt(squares / rows) || 1;
  });
}

/** Σ weight · value over the coordinates of one cut. */
export function project(x: Float32Array, row: number, cuts: CutDirections, cut: number): number {
  let sum = 0;
  const end = (cut + 1) * cuts.coordinates;
  for (let q = cut * cuts.coordinates; q < end; q++) sum += cuts.weight[q]! * x[row + cuts.feature[q]!]!;
  return sum;
}

/** Collects cut directions while trees grow. */
class DirectionPacker {
  readonly feature: number[] = [];
  readonly weight: number[] = [];

  constructor(readonly coordinates: number) {}

  /** Fills what is left of a cut's places with weight 0. @returns the cut's number. */
  close(cut: number): number {
    while (this.feature.length < (cut + 1) * this.coordinates) {
      this.feature.push(0);
      this.weight.push(0);
    }
    return cut;
  }

  finish(): CutDirections {
    const { coordinates } = this;
    return { coordinates, feature: Int32Array.from(this.feature), weight: Float32Array.from(this.weight) };
  }
}

/**
 * Cuts of Hariri, Carrasco Kind and Brunner (2018): a hyperplane with a normal direction over some coordinates through
 * a uniform point of the rows' box. Directions are drawn in units of each column's standard deviation, so units do not
 * matter; coordinates that do not vary among the rows are passed over.
 */
export function obliqueCuts(x: NarrowRows, coordinates: number): { source: CutSource; finish(): CutDirections } {
  const scales = columnScales(x);
  const packer = new DirectionPacker(coordinates);
  const candidates = Int32Array.from({ length: x.cols }, (_, j) => j);

  /** Adds a coordinate to the cut. @returns its share of the threshold, null when the coordinate does not vary. */
  const addCoordinate = (node: NodeRows, feature: number, random: Random): number | null => {
    const [low, high] = featureRange(x, node, feature);
    if (high <= low) return null;
    const weight = Math.fround(random.normal() / scales[feature]!);
    packer.feature.push(feature);
    packer.weight.push(weight);
    return weight * (low + random.uniform() * (high - low));
  };

  const source: CutSource = (node, random) => {
    const cut = packer.feature.length / coordinates;
    let [threshold, taken] = [0, 0];
    for (let place = 0; place < x.cols && taken < coordinates; place++) {
      const other = place + random.integer(x.cols - place);
      [candidates[place], candidates[other]] = [candidates[other]!, candidates[place]!];
      const share = addCoordinate(node, candidates[place]!, random);
      if (share === null) continue;
      threshold += share;
      taken += 1;
    }
    if (taken === 0) return null;
    packer.close(cut);
    projectRows(node);
    return { feature: cut, threshold: Math.fround(threshold) };
  };

  const projectRows = ({ rows, projection, start, end }: NodeRows): void => {
    const directions = { coordinates, feature: packer.feature, weight: packer.weight };
    const base = packer.feature.length - coordinates;
    for (let k = start; k < end; k++) {
      let sum = 0;
      for (let q = base; q < base + coordinates; q++) {
        sum += directions.weight[q]! * x.values[rows[k]! * x.cols + directions.feature[q]!]!;
      }
      projection[k] = sum;
    }
  };
  return { source, finish: () => packer.finish() };
}
