import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenise } from '../../text/sequence-tagging/index.js';
import { blankParts, inChunks, lime, limeEach, occlude, occludeEach, textParts, type ScoreTexts } from './index.js';

const names = ['ant', 'bee', 'cat', 'dog', 'elk', 'fox', 'gnu', 'hen', 'ibis', 'jay', 'koi', 'lynx'];

/** A text with the weight of each of its words; no two weights are nearer than 0.25. */
const linear = fc
  .uniqueArray(fc.integer({ min: -10, max: 10 }), { minLength: 2, maxLength: names.length })
  .map((quarters) => ({
    text: names.slice(0, quarters.length).join(' '),
    weights: quarters.map((quarter) => quarter / 4),
  }));

const logOddsOf =
  (weights: readonly number[]): ScoreTexts =>
  (texts) =>
    Promise.resolve(
      texts.map((text) => textParts(text, 99).reduce((sum, part) => sum + weights[names.indexOf(part.text)]!, -0.5)),
    );
const probabilityOf =
  (weights: readonly number[]): ScoreTexts =>
  async (texts) =>
    (await logOddsOf(weights)(texts)).map((value) => 1 / (1 + Math.exp(-value)));

/** Words by weight, lowest first. */
const order = (values: readonly number[]): number[] => [...values.keys()].sort((a, b) => values[a]! - values[b]!);
const weightsOf = (found: readonly { readonly weight: number }[]): number[] => found.map(({ weight }) => weight);

describe('attributions of a score that is linear in log-odds', () => {
  it('by occlusion have signs and order of the weights, on the probability', async () => {
    await fc.assert(
      fc.asyncProperty(linear, async ({ text, weights }) => {
        const found = weightsOf(await occlude(text, probabilityOf(weights)));
        expect(found.map((value) => Math.sign(Number(value.toFixed(12))))).toEqual(weights.map(Math.sign));
        expect(order(found)).toEqual(order(weights));
      }),
    );
  });

  it('by LIME have signs and order of the weights, on the log-odds', async () => {
    await fc.assert(
      fc.asyncProperty(linear, fc.integer({ min: 0, max: 99 }), async ({ text, weights }, seed) => {
        const found = weightsOf(await lime(text, logOddsOf(weights), { seed }));
        expect(order(found)).toEqual(order(weights));
        weights.forEach((weight, i) => weight !== 0 && expect(Math.sign(found[i]!)).toBe(Math.sign(weight)));
      }),
      { numRuns: 50 },
    );
  });

  it('by LIME have the signs of all weights of 1 and more, on the probability', async () => {
    await fc.assert(
      fc.asyncProperty(linear, async ({ text, weights }) => {
        const found = weightsOf(await lime(text, probabilityOf(weights), { seed: 1 }));
        const strong = weights.filter((weight) => Math.abs(weight) >= 1);
        strong.forEach((weight) => expect(Math.sign(found[weights.indexOf(weight)]!)).toBe(Math.sign(weight)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('attributions of several numbers', () => {
  const text = 'ant bee cat';
  const [first, second] = [logOddsOf([1, -2, 0.5]), logOddsOf([0, 3, -1])];
  const both = async (texts: readonly string[]) => {
    const [a, b] = [await first(texts), await second(texts)];
    return a.map((value, i) => [value, b[i]!]);
  };

  it('equal those of each number alone', async () => {
    expect(await occludeEach(text, both)).toEqual([await occlude(text, first), await occlude(text, second)]);
    const options = { seed: 3 };
    expect(await limeEach(text, both, options)).toEqual([
      await lime(text, first, options),
      await lime(text, second, options),
    ]);
  });

  it('are of the words that a tokeniser gives, with positions that stay', async () => {
    const seen: string[] = [];
    const score = (texts: readonly string[]) => {
      seen.push(...texts);
      return Promise.resolve(texts.map(() => [0]));
    };
    const split = (whole: string) => tokenise(whole, 'spaces');
    const [found] = await occludeEach('pay 2,50,000 now', score, { split, most: 2, remove: blankParts });
    expect(found!.map((part) => part.text)).toEqual(['pay', '2,50,000']);
    expect(seen).toEqual(['pay 2,50,000 now', '    2,50,000 now', 'pay          now']);
  });

  it('are scored in chunks of so many characters, in order', async () => {
    const calls: (readonly string[])[] = [];
    const score = inChunks((texts) => {
      calls.push(texts);
      return Promise.resolve(texts.map((each) => [each.length]));
    }, 5);
    expect(await score(['aa', 'bbb', 'c', 'dddddddd', 'e'])).toEqual([[2], [3], [1], [8], [1]]);
    expect(calls).toEqual([['aa', 'bbb'], ['c'], ['dddddddd'], ['e']]);
    expect(await score([])).toEqual([]);
  });

  it('of a long text need no more samples than it has words', async () => {
    let samples = 0;
    const count = (texts: readonly string[]) => {
      samples = texts.length;
      return Promise.resolve(texts.map(() => 0));
    };
    await lime('ant bee', count, { seed: 1 });
    expect(samples).toBe(200);
    await lime('a b '.repeat(5000), count, { seed: 1 });
    expect(samples).toBe(65);
  });
});
