/** The characters of each text that match the other within Jaro's window, in order. */
function matchingCharacters(a: string, b: string): { readonly left: string; readonly right: string } {
  const window = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Array<boolean>(b.length).fill(false);
  let left = '';
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - window); j < Math.min(b.length, i + window + 1); j++) {
      if (taken[j] === true || a[i] !== b[j]) continue;
      taken[j] = true;
      left += a[i]!;
      break;
    }
  }
  return {
    left,
    right: Array.from({ length: b.length }, (_, j) => b[j]!)
      .filter((_, j) => taken[j] === true)
      .join(''),
  };
}

/** Jaro–Winkler similarity, 0 to 1: Jaro's with a bonus for a common prefix (Winkler 1990, p = 0.1). */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const { left, right } = matchingCharacters(a, b);
  const m = left.length;
  if (m === 0) return 0;
  let transposed = 0;
  for (let i = 0; i < m; i++) if (left[i] !== right[i]) transposed += 1;
  const jaro = (m / a.length + m / b.length + (m - transposed / 2) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && a[prefix] !== undefined && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}

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

/** Likeness from which a name may have been meant. */
const NEAR = 0.75;

/** `; the nearest is <name>` for a message about an unknown name, nothing where no known name is near. */
export function nearestHint(name: string, known: Iterable<string>): string {
  const nearest = name === '' ? null : nearestName(name, known, NEAR);
  return nearest === null ? '' : `; the nearest is ${nearest}`;
}
