import { jaroWinkler } from '../../../contracts/nearest-name.js';

/** A known merchant or organisation. */
export interface DictionaryEntry {
  /** Its canonical name. */
  readonly name: string;
  /** Entity type of its mentions, such as MERCHANT. */
  readonly type: string;
  readonly aliases: readonly string[];
}

/** A dictionary entry that a mention may refer to. */
export interface LinkCandidate {
  readonly name: string;
  /** Similarity of the best alias, 0 to 1; 1 = equal after normalisation. */
  readonly score: number;
}

/** Links mentions to dictionary entries. */
export interface Linker {
  /** @returns candidates with at least `minimumScore`, best first. */
  link(mention: string, type: string): LinkCandidate[];
}

const LEGAL_FORMS = /\b(?:pvt|private|ltd|limited|inc|llp|llc|plc|corp|corporation|co|company|india|gmbh)\b/g;
/** Longer mentions are truncated. */
const MAXIMUM_LENGTH = 80;

/** Lower case without accents, symbols and legal forms; a name of legal forms only keeps them. */
export function normaliseName(text: string): string {
  const plain = text
    .slice(0, MAXIMUM_LENGTH)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, ' ')
    .trim();
  const short = plain.replace(LEGAL_FORMS, ' ').replace(/\s+/g, ' ').trim();
  return short === '' ? plain : short;
}

function trigrams(text: string): Set<string> {
  const padded = `  ${text} `;
  const found = new Set<string>();
  for (let i = 0; i + 3 <= padded.length; i++) found.add(padded.slice(i, i + 3));
  return found;
}

interface Alias {
  readonly text: string;
  readonly grams: ReadonlySet<string>;
  readonly entry: DictionaryEntry;
}

/** Overlap coefficient of two trigram sets; about 1 for a name inside a longer one ("swiggy", "swiggy instamart"). */
function overlapCoefficient(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return shared / Math.min(a.size, b.size);
}

function similarity(mention: string, grams: ReadonlySet<string>, alias: Alias): number {
  const jaro = jaroWinkler(mention, alias.text);
  // The factor ranks a contained name below an equal one.
  const containment = 0.92 * overlapCoefficient(grams, alias.grams) * Math.min(1, mention.length / 4);
  return Math.max(jaro, containment);
}

/** Options of `createLinker`. */
export interface LinkerOptions {
  /** Minimum similarity of a candidate. @default 0.85 */
  readonly minimumScore?: number;
  /** Maximum number of candidates per mention. @default 3 */
  readonly maximumCandidates?: number;
}

/**
 * Creates a linker: entries that share a trigram with the mention, ranked by the larger of Jaro–Winkler similarity and
 * trigram overlap. Time per mention is linear in the number of such entries.
 */
export function createLinker(entries: readonly DictionaryEntry[], options: LinkerOptions = {}): Linker {
  const { minimumScore = 0.85, maximumCandidates = 3 } = options;
  const byGram = new Map<string, Alias[]>();
  for (const entry of entries)
    for (const text of new Set([entry.name, ...entry.aliases].map(normaliseName))) {
      if (text === '') continue;
      const alias = { text, grams: trigrams(text), entry };
      for (const gram of alias.grams) {
        const aliases = byGram.get(gram);
        if (aliases) aliases.push(alias);
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
        if (score >= minimumScore && score > (best.get(alias.entry.name) ?? 0)) best.set(alias.entry.name, score);
      }
      const ranked = [...best].map(([name, score]) => ({ name, score }));
      return ranked.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1)).slice(0, maximumCandidates);
    },
  };
}
