import { describe, expect, it } from 'vitest';
import { rankAgreement } from './agreement.js';
import { lime } from './lime.js';
import { occlude, textParts, withoutParts } from './occlusion.js';

/** Additive: what each word is worth is known. */
const worth: Readonly<Record<string, number>> = { block: 0.5, card: 0.3, please: 0, not: -0.2 };
const additive = (texts: readonly string[]): Promise<number[]> =>
  Promise.resolve(
    texts.map((text) => textParts(text, 99).reduce((sum, part) => sum + (worth[part.text.toLowerCase()] ?? 0), 0)),
  );
const text = 'Please, block 🙂 NOT card';

describe('attributions to words', () => {
  it('list each word and symbol with its position', () => {
    const parts = textParts(text, 99);
    expect(parts.map((part) => part.text)).toEqual(['Please', ',', 'block', '🙂', 'NOT', 'card']);
    for (const part of parts) expect(text.slice(part.start, part.end)).toBe(part.text);
    expect(textParts(text, 2)).toHaveLength(2);
    expect(withoutParts('a b c', textParts('a b c', 9), (part) => part !== 1)).toBe('a   c');
  });

  it('by occlusion equal the terms of an additive score', async () => {
    const found = await occlude(text, additive);
    expect(found.map(({ weight }) => Number(weight.toFixed(9)))).toEqual([0, 0, 0.5, 0, -0.2, 0.3]);
    expect(await occlude('', additive)).toEqual([]);
  });

  it('by LIME agree with occlusion on an additive score, up to the ridge', async () => {
    const [ours, reference] = [await occlude(text, additive), await lime(text, additive, { seed: 1 })];
    reference.forEach(({ weight }, i) => expect(Math.abs(weight - ours[i]!.weight)).toBeLessThan(0.05));
    expect(await lime(text, additive, { seed: 1 })).toEqual(reference);
    expect(await lime('', additive, { seed: 1 })).toEqual([]);
  });
});

describe('agreement of two attributions', () => {
  const weights = (...values: number[]) => values.map((weight, i) => ({ text: `${i}`, start: i, end: i + 1, weight }));

  it('is the rank correlation', () => {
    expect(rankAgreement(weights(1, 2, 3), weights(10, 20, 900))).toBeCloseTo(1, 12);
    expect(rankAgreement(weights(1, 2, 3), weights(3, 2, 1))).toBeCloseTo(-1, 12);
    // Reference: scipy 1.17.1 spearmanr([1, 2, 2, 4], [3, 1, 2, 4]).
    expect(rankAgreement(weights(1, 2, 2, 4), weights(3, 1, 2, 4))).toBeCloseTo(0.316227766016838, 12);
  });

  it('returns null where all weights are equal', () => {
    expect(rankAgreement(weights(1, 1), weights(1, 2))).toBeNull();
    expect(rankAgreement(weights(1), weights(2))).toBeNull();
  });
});
