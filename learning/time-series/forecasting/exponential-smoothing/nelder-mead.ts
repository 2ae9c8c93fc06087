/** Result of a simplex search. */
export interface SimplexResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
}

export interface SimplexOptions {
  /** (p,) first step in each direction; sign and size set the scale of the search. */
  readonly steps: ArrayLike<number>;
  readonly maxEvaluations: number;
  /** Ends when the values of the best and the worst corner differ by less than this. */
  readonly tolerance: number;
}

interface Simplex {
  readonly corners: Float64Array[];
  readonly values: Float64Array;
  evaluations: number;
}

type Objective = (x: Float64Array) => number;

function startSimplex(objective: Objective, start: ArrayLike<number>, steps: ArrayLike<number>): Simplex {
  const corners = Array.from({ length: start.length + 1 }, (_, i) => {
    const corner = Float64Array.from(start);
    if (i > 0) corner[i - 1]! += steps[i - 1]!;
    return corner;
  });
  return { corners, values: Float64Array.from(corners, objective), evaluations: corners.length };
}

/** Best first; insertion sort, because all corners except one are sorted already. */
function sortCorners({ corners, values }: Simplex): void {
  for (let i = 1; i < corners.length; i++) {
    const [corner, value] = [corners[i]!, values[i]!];
    let j = i - 1;
    for (; j >= 0 && values[j]! > value; j--) {
      corners[j + 1] = corners[j]!;
      values[j + 1] = values[j]!;
    }
    corners[j + 1] = corner;
    values[j + 1] = value;
  }
}

/** Mean of all corners except the worst. */
function centre({ corners }: Simplex): Float64Array {
  const size = corners.length - 1;
  const middle = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const corner = corners[i]!;
    for (let j = 0; j < size; j++) middle[j]! += corner[j]! / size;
  }
  return middle;
}

/** On the line from the worst corner through the centre: −1 mirrors it, 0.5 lies between them. */
function cornerAt(middle: Float64Array, worst: Float64Array, factor: number): Float64Array {
  const corner = new Float64Array(middle.length);
  for (let j = 0; j < corner.length; j++) corner[j] = middle[j]! + factor * (worst[j]! - middle[j]!);
  return corner;
}

function evaluate(simplex: Simplex, objective: Objective, corner: Float64Array): number {
  simplex.evaluations++;
  return objective(corner);
}

function replaceWorst(simplex: Simplex, corner: Float64Array, value: number): void {
  simplex.corners[simplex.corners.length - 1] = corner;
  simplex.values[simplex.values.length - 1] = value;
}

function shrink(simplex: Simplex, objective: Objective): void {
  const best = simplex.corners[0]!;
  for (let i = 1; i < simplex.corners.length; i++) {
    simplex.corners[i] = simplex.corners[i]!.map((x, j) => best[j]! + (x - best[j]!) / 2);
    simplex.values[i] = objective(simplex.corners[i]!);
    simplex.evaluations++;
  }
}

function step(simplex: Simplex, objective: Objective): void {
  const last = simplex.values.length - 1;
  const middle = centre(simplex);
  const worst = simplex.corners[last]!;
  const reflected = cornerAt(middle, worst, -1);
  const value = evaluate(simplex, objective, reflected);
  if (value < simplex.values[0]!) {
    const expanded = cornerAt(middle, worst, -2);
    const further = evaluate(simplex, objective, expanded);
    if (further < value) replaceWorst(simplex, expanded, further);
    else replaceWorst(simplex, reflected, value);
  } else if (value < simplex.values[last - 1]!) {
    replaceWorst(simplex, reflected, value);
  } else {
    const contracted = cornerAt(middle, worst, value < simplex.values[last]! ? -0.5 : 0.5);
    const nearer = evaluate(simplex, objective, contracted);
    if (nearer < Math.min(value, simplex.values[last]!)) replaceWorst(simplex, contracted, nearer);
    else shrink(simplex, objective);
  }
}

/**
 * Minimises without derivatives by the simplex method of Nelder and Mead (1965). The objective returns Infinity outside
 * of the bounds; it must be finite at the start. Deterministic.
 */
export function nelderMead(objective: Objective, start: ArrayLike<number>, options: SimplexOptions): SimplexResult {
  const simplex = startSimplex(objective, start, options.steps);
  sortCorners(simplex);
  const last = start.length;
  while (simplex.evaluations < options.maxEvaluations) {
    if (Math.abs(simplex.values[last]! - simplex.values[0]!) < options.tolerance) break;
    step(simplex, objective);
    sortCorners(simplex);
  }
  return { x: simplex.corners[0]!, value: simplex.values[0]!, evaluations: simplex.evaluations };
}
