import { jaroWinkler } from './dictionary.js';

/** The known name most like the given one, by Jaro–Winkler without case; null when there is none. */
export function nearestName(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  const ranked = [...known].sort().map((one) => ({ one, likeness: jaroWinkler(wanted, one.toLowerCase()) }));
  if (ranked.length === 0) return null;
  return ranked.reduce((best, next) => (next.likeness > best.likeness ? next : best)).one;
}
