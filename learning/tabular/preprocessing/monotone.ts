import type { DatasetSchema } from '../../../contracts/dataset.js';
import type { Preprocessing } from './preprocessing.js';

/**
 * The features' directions as gradient boosting takes them.
 * @returns −1, 0 or 1 an encoded column; empty when no feature is constrained.
 */
export function monotoneDirections({ features: specs }: DatasetSchema, { features }: Preprocessing): (-1 | 0 | 1)[] {
  const direction = new Map<string, -1 | 0 | 1>(specs.map(({ name, monotone }) => [name, monotone ?? 0]));
  const directions = features.flatMap((feature): (-1 | 0 | 1)[] =>
    feature.kind === 'numeric' ? [direction.get(feature.name) ?? 0] : feature.categories.map(() => 0),
  );
  return directions.some((value) => value !== 0) ? directions : [];
}
