/** One point of the search; `slope` is the gradient, with L1 the pseudo-gradient. */
export interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly slope: Float64Array;
}

/** Evaluates the objective with its L1 term. */
export type Evaluate = (x: Float64Array) => Point;
