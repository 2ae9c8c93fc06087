import { jaroWinkler } from './entity-linking/dictionary.js';

/** Below this Jaro–Winkler similarity two names have no more in common than any two. */
const LEAST_SIMILARITY = 0.8;

/** The known name that a mistyped one probably means, or null when none is near. The first of equally near ones. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const similarities = known.map((candidate) => jaroWinkler(name, candidate));
  const best = Math.max(...similarities);
  return best < LEAST_SIMILARITY ? null : known[similarities.indexOf(best)]!;
}
