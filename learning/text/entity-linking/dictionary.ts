/** A known merchant or organisation. */
export interface DictionaryEntry {
  /** Its canonical name. */
  readonly name: string;
  /** Entity type that it is linked from, such as MERCHANT. */
  readonly type: string;
  readonly aliases: readonly string[];
}

/** A dictionary entry that a mention may mean. */
export interface LinkCandidate {
  readonly name: string;
  /** Similarity of the best alias, 0 to 1; 1 = equal after normalisation. */
  readonly score: number;
}

export interface Linker {
  /** @returns the best candidates first, all at least as similar as `atLeast`. */
  link(mention: string, type: string): LinkCandidate[];
}

const LEGAL = /\b(?:pvt|private|ltd|limited|inc|llp|llc|plc|corp|corporation|co|company|india|gmbh)\b/g;
/** Longer mentions are cut: no name is longer. */
const LONGEST = 80;

/** Lower case without accents, signs and legal forms; what is left when nothing would be. */
export function normaliseName(text: string): string {
  const plain = text
    .slice(0, LONGEST)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, ' ')
    .trim();
  const short = plain.replace(LEGAL, ' ').replace(/\s+/g, ' ').trim();
  return short === '' ? plain : short;
}

function trigrams(text: string): Set<string> {
  const padded = `  ${text} `;
  const found = new Set<string>();
  for (let i = 0; i + 3 <= padded.length; i++) found.add(padded.slice(i, i + 3));
  return found;
}

function matchesWithin(a: string, b: string): { readonly left: string; readonly right: string } {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Array<boolean>(b.length).fill(false);
  let left = '';
  for (let i = 0; i < a.length; i++) {
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++) {
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

/** Jaro's similarity with Winkler's bonus for a common beginning (Winkler 1990, p = 0.1). */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const { left, right } = matchesWithin(a, b);
  const m = left.length;
  if (m === 0) return 0;
  let moved = 0;
  for (let i = 0; i < m; i++) if (left[i] !== right[i]) moved += 1;
  const jaro = (m / a.length + m / b.length + (m - moved / 2) / m) / 3;
  let prefix = 0;
  while (prefix < 4 && a[prefix] !== undefined && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * 0.1 * (1 - jaro);
}

interface Alias {
  readonly text: string;
  readonly grams: ReadonlySet<string>;
  readonly entry: DictionaryEntry;
}

/** Shared trigrams over the smaller set: "swiggy" is wholly in "swiggy instamart". */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return shared / Math.min(a.size, b.size);
}

function similarity(mention: string, grams: ReadonlySet<string>, alias: Alias): number {
  const close = jaroWinkler(mention, alias.text);
  // A name that is a part of the other is likely the same, but never as sure as an equal one.
  const part = 0.92 * overlap(grams, alias.grams) * Math.min(1, mention.length / 4);
  return Math.max(close, part);
}

export interface LinkerOptions {
  /** Less similar entries are no candidates. @default 0.85 */
  readonly atLeast?: number;
  /** @default 3 */
  readonly most?: number;
}

/**
 * Links names to a dictionary: entries that share a trigram with the mention, ranked by Jaro–Winkler or contained
 * trigrams. About as long as the number of such entries a mention.
 */
export function createLinker(entries: readonly DictionaryEntry[], options: LinkerOptions = {}): Linker {
  const { atLeast = 0.85, most = 3 } = options;
  const byGram = new Map<string, Alias[]>();
  for (const entry of entries)
    for (const text of new Set([entry.name, ...entry.aliases].map(normaliseName))) {
      if (text === '') continue;
      const alias = { text, grams: trigrams(text), entry };
      for (const gram of alias.grams) {
        const known = byGram.get(gram);
        if (known) known.push(alias);
        else byGram.set(gram, [alias]);
      }
    }
  return {
    link(mention, type) {
      const text = normaliseName(mention);
      const grams = trigrams(text);
      const near = new Set([...grams].flatMap((gram) => byGram.get(gram) ?? []));
      const best = new Map<string, number>();
      for (const alias of near) {
        if (alias.entry.type !== type) continue;
        const score = similarity(text, grams, alias);
        if (score >= atLeast && score > (best.get(alias.entry.name) ?? 0)) best.set(alias.entry.name, score);
      }
      const ranked = [...best].map(([name, score]) => ({ name, score }));
      return ranked.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1)).slice(0, most);
    },
  };
}
