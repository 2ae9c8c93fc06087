import { jaroWinkler } from './dictionary.js';

/**
 * The known name most like the given one, by Jaro–Winkler without case; null when there is none.
 * @param least - likeness from 0 to 1 below which none is near. @default 0
 */
export function nearestName(name: string, known: Iterable<string>, least = 0): string | null {
  const wanted = name.toLowerCase();
  const ranked = [...known].sort().map((one) => ({ one, likeness: jaroWinkler(wanted, one.toLowerCase()) }));
  if (ranked.length === 0) return null;
  const best = ranked.reduce((first, next) => (next.likeness > first.likeness ? next : first));
  return best.likeness >= least ? best.one : null;
}
