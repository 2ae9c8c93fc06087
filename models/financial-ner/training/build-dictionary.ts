import { sum } from '../../../learning/numeric/statistics/sum.js';
import { normaliseName } from '../../../learning/text/entity-linking/index.js';
import type { Example } from '../data/examples.js';
import { isLinked, type Dictionary } from '../prediction/dictionary.js';

/** Names with fewer mentions may be annotation errors. */
const MINIMUM_MENTIONS = 2;

/** Spellings of one name with their numbers of mentions. */
interface NameSpellings {
  readonly type: string;
  readonly mentions: Map<string, number>;
}

function addMentions(names: Map<string, NameSpellings>, type: string, spelling: string, count: number): void {
  const key = `${type} ${normaliseName(spelling)}`;
  const entry = names.get(key) ?? { type, mentions: new Map<string, number>() };
  entry.mentions.set(spelling, (entry.mentions.get(spelling) ?? 0) + count);
  names.set(key, entry);
}

const byCount = ([a, m]: readonly [string, number], [b, n]: readonly [string, number]): number =>
  n - m || (a < b ? -1 : 1);

/** Maximum number of aliases per name. */
const MAXIMUM_ALIASES = 4;
/** Count of a given name, so that it is the canonical spelling. */
const GIVEN_NAME_COUNT = 1e9;

/**
 * Builds the dictionary of merchants and organisations from given names and from names that training annotates at least
 * twice. Spellings that differ in case, accents or legal form only are one name; the most frequent is canonical.
 * Deterministic.
 */
export function buildDictionary(
  examples: readonly Pick<Example, 'text' | 'spans'>[],
  given: readonly { readonly name: string; readonly type: string }[],
): Dictionary {
  const names = new Map<string, NameSpellings>();
  for (const { name, type } of given) addMentions(names, type, name, GIVEN_NAME_COUNT);
  for (const { text, spans } of examples)
    for (const { type, start, end } of spans) if (isLinked(type)) addMentions(names, type, text.slice(start, end), 1);
  return [...names.values()]
    .map(({ type, mentions }) => ({ type, ranked: [...mentions].sort(byCount) }))
    .filter(({ ranked }) => sum(ranked.map(([, count]) => count)) >= MINIMUM_MENTIONS)
    .map(({ type, ranked }) => {
      const [name = '', ...aliases] = ranked.map(([spelling]) => spelling);
      return { name, type, aliases: aliases.slice(0, MAXIMUM_ALIASES) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.type < b.type ? -1 : 1));
}
