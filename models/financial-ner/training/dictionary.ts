import { z } from 'zod';
import { normaliseName } from '../../../learning/text/entity-linking/index.js';
import type { Example } from '../data/examples.js';

/** Names that entities are linked to. */
export const dictionary = z.array(z.strictObject({ name: z.string(), type: z.string(), aliases: z.array(z.string()) }));
export type Dictionary = z.infer<typeof dictionary>;

/** Entity types that are names of somebody in business; people are not linked. */
const LINKED = /MERCHANT|^ORG|COMPANY|corporation/i;
export const isLinked = (type: string): boolean => LINKED.test(type);

/** A surface that was annotated once may be a slip of the pen. */
const FEWEST_MENTIONS = 2;

interface Known {
  readonly type: string;
  readonly surfaces: Map<string, number>;
}

function collect(known: Map<string, Known>, type: string, surface: string, times: number): void {
  const key = `${type} ${normaliseName(surface)}`;
  const entry = known.get(key) ?? { type, surfaces: new Map<string, number>() };
  entry.surfaces.set(surface, (entry.surfaces.get(surface) ?? 0) + times);
  known.set(key, entry);
}

const byCount = ([a, m]: readonly [string, number], [b, n]: readonly [string, number]): number =>
  n - m || (a < b ? -1 : 1);

/** More spellings of one name are not kept. */
const MOST_ALIASES = 4;
/** A given name is the canonical one whatever people write. */
const GIVEN = 1e9;

/**
 * Merchants and organisations with their spellings: the backend's own names and what training annotates at least
 * twice. Surfaces that differ in case, accents or legal form alone are one name; the most frequent is canonical.
 */
export function buildDictionary(
  examples: readonly Example[],
  names: readonly { readonly name: string; readonly type: string }[],
): Dictionary {
  const known = new Map<string, Known>();
  for (const { name, type } of names) collect(known, type, name, GIVEN);
  for (const { text, spans } of examples)
    for (const { type, start, end } of spans) if (isLinked(type)) collect(known, type, text.slice(start, end), 1);
  return [...known.values()]
    .map(({ type, surfaces }) => ({ type, ranked: [...surfaces].sort(byCount) }))
    .filter(({ ranked }) => ranked.reduce((sum, [, times]) => sum + times, 0) >= FEWEST_MENTIONS)
    .map(({ type, ranked }) => {
      const [name = '', ...aliases] = ranked.map(([surface]) => surface);
      return { name, type, aliases: aliases.slice(0, MOST_ALIASES) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.type < b.type ? -1 : 1));
}
