import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { fitClusters, type Clusters } from './clusters.js';

/** Sentences of a subject, a verb and an object of one of 20 topics. */
function topicSentences(count: number, seed: number): string[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const topic = random.integer(20);
    const word = (role: string): string => `${role}${topic}-${random.integer(8)}`;
    return [word('subject'), word('verb'), word('object')];
  });
}

/** Share of the pairs of words in one cluster before that are in one cluster after. */
function pairsKept(before: Clusters, after: Clusters): number {
  const words = [...before.keys()].filter((word) => after.has(word));
  let [together, kept] = [0, 0];
  for (const [i, a] of words.entries())
    for (const b of words.slice(0, i)) {
      if (before.get(a)![0] !== before.get(b)![0]) continue;
      together += 1;
      if (after.get(a)![0] === after.get(b)![0]) kept += 1;
    }
  return kept / together;
}

describe('fitClusters', () => {
  const sentences = topicSentences(6000, 1);

  it('gathers words with the same neighbours', () => {
    const clusters = fitClusters(sentences, 1);
    const roleOf = (word: string): string => word.split('-')[0]!;
    const members = new Map<number, string[]>();
    for (const [word, [fine]] of clusters) members.set(fine, [...(members.get(fine) ?? []), roleOf(word)]);
    const pure = [...members.values()].filter((roles) => new Set(roles).size === 1);
    expect(pure.length).toBeGreaterThan(0.6 * members.size);
  });

  it('changes little when a few sentences with new words come along', () => {
    const more = [...sentences, ...topicSentences(40, 2), ...new Array<string[]>(4).fill(['new', 'words', 'here'])];
    expect(pairsKept(fitClusters(sentences, 1), fitClusters(more, 1))).toBeGreaterThan(0.9);
  });

  it('has no clusters of fewer than 16 words', () => {
    expect(fitClusters([['a', 'b', 'a', 'b', 'a', 'b']], 1).size).toBe(0);
  });
});
