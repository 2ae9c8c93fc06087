import type { Lattice } from './lattice.js';

/** Highest-scoring allowed label sequence (Viterbi 1967). @param scores - (tokens, labels). @param steps - (edges,) weights. */
export function viterbi(lat: Lattice, scores: ArrayLike<number>, steps: ArrayLike<number>, tokens: number): Uint8Array {
  const { labelCount: labels, from, into, edgeOf } = lat;
  const path = new Uint8Array(tokens);
  if (tokens === 0) return path;
  const back = new Uint8Array(tokens * labels);
  let before = new Float64Array(labels);
  let now = new Float64Array(labels);
  for (let b = 0; b < labels; b++) {
    const edge = edgeOf[labels * (labels + 1) + b]!;
    before[b] = edge < 0 ? -Infinity : steps[edge]! + scores[b]!;
  }
  for (let t = 1; t < tokens; t++) {
    for (let b = 0; b < labels; b++) {
      let best = -Infinity;
      let chosen = 0;
      for (let edge = into[b]!; edge < into[b + 1]!; edge++) {
        const a = from[edge]!;
        if (a >= labels) continue;
        const value = before[a]! + steps[edge]!;
        if (value > best) {
          best = value;
          chosen = a;
        }
      }
      now[b] = best + scores[t * labels + b]!;
      back[t * labels + b] = chosen;
    }
    [before, now] = [now, before];
  }
  path[tokens - 1] = bestEnd(lat, before, steps);
  for (let t = tokens - 1; t > 0; t--) path[t - 1] = back[t * labels + path[t]!]!;
  return path;
}

function bestEnd(lat: Lattice, before: Float64Array, steps: ArrayLike<number>): number {
  let best = -Infinity;
  let chosen = 0;
  for (let edge = lat.into[lat.labelCount]!; edge < lat.into[lat.labelCount + 1]!; edge++) {
    const a = lat.from[edge]!;
    const value = before[a]! + steps[edge]!;
    if (value > best) {
      best = value;
      chosen = a;
    }
  }
  return chosen;
}
