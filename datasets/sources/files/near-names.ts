import { jaroWinkler } from '../../../contracts/nearest-name.js';

/** Likeness by Jaro–Winkler from which a name counts as a misspelling of another. */
export const NEAR = 0.85;
/** Letters from which a word that two names share says that one may have been meant: `amount` and `requestedAmount`. */
const LONG_WORD = 4;

const words = (name: string): ReadonlySet<string> =>
  new Set(
    name
      .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .split(/[^\p{L}]+/u),
  );

function sharesWord(a: string, b: string): boolean {
  const other = words(b);
  return [...words(a)].some((word) => word.length >= LONG_WORD && other.has(word));
}

/** Comparing takes time in the product of the lengths; what is longer is no name. */
const LONGEST_NAME = 100;

interface Pair {
  readonly wanted: string;
  readonly found: string;
  readonly likeness: number;
}

/** Pairs in the order of their likeness, each name in one pair. */
function assigned(pairs: readonly Pair[]): ReadonlyMap<string, string> {
  const chosen = new Map<string, string>();
  const taken = new Set<string>();
  for (const { wanted, found } of [...pairs].sort((a, b) => b.likeness - a.likeness))
    if (!chosen.has(wanted) && !taken.has(found)) {
      chosen.set(wanted, found);
      taken.add(found);
    }
  return chosen;
}

/** All pairs of a wanted and a found name that pass a test. */
function pairsWhere(
  wanted: readonly string[],
  found: readonly string[],
  test: (pair: Pair) => boolean,
): readonly Pair[] {
  const names = found.filter(({ length }) => length <= LONGEST_NAME);
  return wanted
    .flatMap((name) =>
      names.map((one) => ({
        wanted: name,
        found: one,
        likeness: jaroWinkler(name.toLowerCase(), one.toLowerCase()),
      })),
    )
    .filter(test);
}

/** For each wanted name the one of the found names that is most likely a misspelling of it; none for two wanted names. */
export const nearestNames = (wanted: readonly string[], found: readonly string[]): ReadonlyMap<string, string> =>
  assigned(pairsWhere(wanted, found, ({ likeness }) => likeness >= NEAR));

/** As {@link nearestNames}; a name without a near one gets one that shares a word with it. */
function meantNames(wanted: readonly string[], found: readonly string[]): ReadonlyMap<string, string> {
  const near = nearestNames(wanted, found);
  const taken = new Set(near.values());
  const isFree = (pair: Pair): boolean => !near.has(pair.wanted) && !taken.has(pair.found);
  const related = pairsWhere(wanted, found, (pair) => isFree(pair) && sharesWord(pair.wanted, pair.found));
  return new Map([...near, ...assigned(related)]);
}

/** Names with the one of the found names that may have been meant, where there is one: `income (nearest: "monthlyIncome")`. */
export function namedWithNearest(wanted: readonly string[], found: readonly string[]): string[] {
  const meant = meantNames(wanted, found);
  return wanted.map((name) => (meant.has(name) ? `${name} (nearest: "${meant.get(name)!}")` : name));
}
