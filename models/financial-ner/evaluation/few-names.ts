import { sum } from '../../../learning/numeric/statistics/sum.js';
import type { Example } from '../data/examples.js';

type AnnotatedText = Pick<Example, 'text' | 'spans'>;

/** Groups of texts with fewer annotated entities have no slice, and types no note: their scores are noisy anyway. */
export const MINIMUM_ENTITIES = 20;
/** So many names that make most of a type's entities decide its F1 together: each is recognised or not. */
const FEW = 3;
const MOST = 0.5;

/** Type → spelling in small letters → number of annotated entities. */
function countNames(examples: readonly AnnotatedText[]): Map<string, Map<string, number>> {
  const types = new Map<string, Map<string, number>>();
  for (const { text, spans } of examples)
    for (const { type, start, end } of spans) {
      const names = types.get(type) ?? new Map<string, number>();
      const name = text.slice(start, end).toLowerCase();
      types.set(type, names.set(name, (names.get(name) ?? 0) + 1));
    }
  return types;
}

/**
 * One sentence for each type whose score hangs on a few names. All mentions of a held-out name are recognised or missed
 * together, so the number of names and not that of entities says how certain the score is. No name is quoted.
 */
export function fewNamesNotes(examples: readonly AnnotatedText[]): string[] {
  return [...countNames(examples)].sort().flatMap(([type, names]) => {
    const counts = [...names.values()].sort((a, b) => b - a);
    const [total, first] = [sum(counts), sum(counts.slice(0, FEW))];
    if (total < MINIMUM_ENTITIES || first < MOST * total) return [];
    const share = Math.round((100 * first) / total);
    const shown = Math.min(FEW, counts.length);
    return [
      `${type}: ${shown} of ${counts.length} names are ${share} % of its ${total} entities, so they decide its score`,
    ];
  });
}
