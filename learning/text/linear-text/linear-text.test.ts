import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { minimise } from '../../numeric/optimize/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { bayesWeights } from './naive-bayes.js';
import {
  createVectoriser,
  dualAscent,
  fitLinearText,
  fitPoolMembers,
  fitTextFeatures,
  linearTextGraph,
  linearTextParams,
  linearTextToOnnx,
  logisticLink,
  normaliseText,
  pooledScores,
  poolMembers,
  scoreMembers,
  scoreTexts,
  softmaxInPlace,
  softmaxLink,
  splitWords,
  vectoriseTexts,
  type Link,
  type SparseRows,
} from './index.js';

// Four texts per class.
const texts = [
  'block my card | please block the card now | my card is lost, block it | card stolen block',
  'what is my balance | show balance please | balance of my account | how much balance is left',
  'pay my loan | loan instalment due | when is my loan paid | loan payment date',
].flatMap((ofClass) => ofClass.split(' | '));
const classOf = (row: number): number => Math.floor(row / 4);
const targets = {
  classes: 3,
  values: Float32Array.from({ length: 36 }, (_, i) => Number(classOf(Math.floor(i / 3)) === i % 3)),
};
const params = linearTextParams.parse({ fewestTexts: 1, c: 10, tolerance: 1e-6, maxEpochs: 500 });
const argmax = (scores: Float64Array): number => scores.indexOf(Math.max(...scores));

describe('normaliseText and splitWords', () => {
  it('remove case, control characters and repeated spaces, and keep symbols and scripts', () => {
    expect(normaliseText('  Ｂlock\u0000\tMY\u200b  card \n')).toBe('block my card');
    expect(splitWords('मेरा card? 🙂50₹')).toEqual(['मेरा', 'card', '?', '🙂', '50', '₹']);
    expect(splitWords('')).toEqual([]);
  });
});

describe('fitTextFeatures and createVectoriser', () => {
  const features = fitTextFeatures(texts, params);

  it('store words before letters, ascending, with larger weights for rare n-grams', () => {
    const { hashes, wordCount, rarity } = features;
    expect(hashes.length).toBe(rarity.length);
    for (const part of [hashes.slice(0, wordCount), hashes.slice(wordCount)]) expect(part).toEqual(part.slice().sort());
    const vectorise = createVectoriser(features);
    const [common, rare] = ['my', 'stolen'].map((word) => rarity[vectorise(word).indices[0]!]!);
    expect(rare!).toBeGreaterThan(common!);
  });

  it('give rows with blocks of length 1 and 1.4, and an empty row for an unknown text', () => {
    const length = ({ values }: { values: Float32Array }): number =>
      values.reduce((sum, value) => sum + value * value, 0);
    const vectorise = createVectoriser(features);
    expect(length(vectorise('block my card please'))).toBeCloseTo(1 + 1.4 ** 2, 5);
    expect(length(vectorise('my'))).toBeCloseTo(1 + 1.4 ** 2, 5);
    expect(vectorise('日本').indices).toHaveLength(0);
    expect(vectorise('').indices).toHaveLength(0);
  });

  it('drop n-grams below the minimum document frequency', () => {
    const few = fitTextFeatures(texts, { ...params, fewestTexts: 3 });
    expect(few.hashes.length).toBeLessThan(features.hashes.length / 3);
    const words = fitTextFeatures(texts, { ...params, longestLetterGram: 0 });
    expect(words.hashes.length).toBe(words.wordCount);
  });
});

/** The primal objective for a reference solver: C · Σ loss + ½‖W‖². */
function primalObjective(x: SparseRows, y: Float32Array, link: Link, c: number) {
  const classes = y.length / x.rows;
  return (weights: Float64Array, gradient: Float64Array): number => {
    let value = 0;
    weights.forEach((weight, i) => {
      gradient[i] = weight;
      value += (weight * weight) / 2;
    });
    for (let row = 0; row < x.rows; row++) {
      const entries = [...x.indices.slice(x.starts[row], x.starts[row + 1])].map(
        (column, i) => [column, x.values[x.starts[row]! + i]!] as const,
      );
      entries.push([x.cols, 1]);
      const scores = Float64Array.from({ length: classes }, (_, k) =>
        entries.reduce((sum, [column, v]) => sum + v * weights[column * classes + k]!, 0),
      );
      const slopes = new Float64Array(classes);
      if (link.name === 'softmax') {
        const right = scores.reduce((sum, score, k) => sum + score * y[row * classes + k]!, 0);
        value += c * (softmaxInPlace(scores) - right);
        scores.forEach((p, k) => (slopes[k] = c * (p - y[row * classes + k]!)));
      } else
        scores.forEach((score, k) => {
          const label = y[row * classes + k]!;
          value += c * (Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0) - label * score);
          slopes[k] = c * (1 / (1 + Math.exp(-score)) - label);
        });
      for (const [column, v] of entries) slopes.forEach((slope, k) => (gradient[column * classes + k]! += v * slope));
    }
    return value;
  };
}

describe('dualAscent', () => {
  const x = vectoriseTexts(fitTextFeatures(texts, params), texts);

  it.each([softmaxLink, logisticLink])('reaches the optimum of L-BFGS: $name', (link) => {
    const options = { classes: 3, link, c: 5, tolerance: 1e-7, maxEpochs: 2000 };
    const { weights, gap } = dualAscent(quietContext(1), x, targets.values.slice(), options);
    const objective = primalObjective(x, targets.values, link, 5);
    const reference = minimise(objective, new Float64Array(weights.length), { tolerance: 1e-7, maxIterations: 2000 });
    expect(gap).toBeLessThan(1e-7);
    const ours = objective(Float64Array.from(weights), new Float64Array(weights.length));
    expect(ours).toBeGreaterThanOrEqual(reference.value * (1 - 1e-6));
    expect(ours).toBeLessThan(reference.value * (1 + 1e-4));
    weights.forEach((weight, i) => expect(Math.abs(weight - reference.x[i]!)).toBeLessThan(0.02));
  });

  it('is deterministic given the seed and stops when the signal is aborted', () => {
    const options = { classes: 3, link: softmaxLink, c: 5, tolerance: 1e-3, maxEpochs: 20 };
    const run = (seed: number) => dualAscent(quietContext(seed), x, targets.values.slice(), options);
    expect(run(1)).toEqual(run(1));
    const aborted = { ...quietContext(1), signal: AbortSignal.abort() };
    expect(() => dualAscent(aborted, x, targets.values.slice(), options)).toThrow();
  });
});

describe('bayesWeights', () => {
  // Columns 0 and 1 are words, column 2 is a letter n-gram; the last row of the weights is the bias.
  const x: SparseRows = {
    rows: 2,
    cols: 3,
    starts: Int32Array.of(0, 2, 4),
    indices: Int32Array.of(0, 2, 1, 2),
    values: Float32Array.of(2, 5, 3, 5),
  };
  const weightsFor = (targetsOfRows: readonly number[]): number[] => [
    ...bayesWeights(x, Float32Array.from(targetsOfRows), { wordCount: 2 }, 2),
  ];

  it('are centred log probabilities of words, and 0 for letters and bias', () => {
    const first = (Math.log(2.01 / 2.02) - Math.log(0.01 / 3.02)) / 2;
    const second = (Math.log(0.01 / 2.02) - Math.log(3.01 / 3.02)) / 2;
    const found = weightsFor([1, 0, 0, 1]);
    [first, -first, second, -second, 0, 0, 0, 0].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
  });

  it('weights texts by their class shares', () => {
    const first = (Math.log(1.01 / 4.02) - Math.log(1.01 / 1.02)) / 2;
    expect(weightsFor([0.5, 0.5, 1, 0])[0]).toBeCloseTo(first, 5);
  });
});

describe('the pool', () => {
  it('scores texts as the pooled weights do, for each penalty', () => {
    const members = fitPoolMembers(quietContext(3), texts, targets, { ...params, penalties: [3, 30] });
    const scores = scoreMembers(members, texts);
    for (const settings of [3, 30].flatMap((c) => [0, 0.3].map((bayesShare) => ({ c, bayesShare })))) {
      const pooled = pooledScores(scores, settings);
      scoreTexts(poolMembers(members, settings), texts).forEach((row, i) =>
        row.forEach((score, k) => expect(pooled[i]![k]).toBeCloseTo(score, 4)),
      );
    }
  });

  it('has the same regression along a path of penalties as alone', () => {
    const tight = { ...params, tolerance: 1e-5, maxEpochs: 400, bayesShare: 0 };
    const path = fitPoolMembers(quietContext(3), texts, targets, { ...tight, penalties: [1, 10] });
    const alone = fitLinearText(quietContext(3), texts, targets, { ...tight, c: 10 });
    poolMembers(path, { c: 10, bayesShare: 0 }).weights.forEach((weight, i) =>
      expect(weight).toBeCloseTo(alone.weights[i]!, 1),
    );
  });

  it('leaves logistic regression unchanged, and softmax regression at share 0', () => {
    const fit = (settings: object): Float32Array =>
      fitLinearText(quietContext(3), texts, targets, { ...params, ...settings }).weights;
    expect(fit({ link: 'logistic' })).toEqual(fit({ link: 'logistic', bayesShare: 0 }));
    const alone = fit({ bayesShare: 0 });
    expect(fit({}).slice(-3)).toEqual(alone.slice(-3).map((bias) => 0.75 * bias));
    expect(fit({})).not.toEqual(alone);
  });
});

describe('fitLinearText', () => {
  const state = fitLinearText(quietContext(3), texts, targets, params);

  it('classifies unseen texts', () => {
    const found = scoreTexts(state, ['blok card', 'balance?', 'loans']).map(argmax);
    expect(found).toEqual([0, 1, 2]);
    expect(scoreTexts(state, ['日本'])[0]).toEqual(Float64Array.from(state.weights.slice(-3)));
  });

  it('gives the scores of its ONNX graph', async () => {
    const session = await InferenceSession.create(linearTextToOnnx(state));
    const vectorise = createVectoriser(state.features);
    for (const text of ['block it', 'balance of my loan', '']) {
      const { indices, values } = vectorise(text);
      const columns = Int32Array.from([...indices, state.features.hashes.length]);
      const feeds = {
        [linearTextGraph.columns]: new Tensor('int32', columns, [columns.length]),
        [linearTextGraph.values]: new Tensor('float32', Float32Array.from([...values, 1]), [1, columns.length]),
      };
      const scores = (await session.run(feeds))[linearTextGraph.scores]!.data as Float32Array;
      scoreTexts(state, [text])[0]!.forEach((score, k) => expect(scores[k]).toBeCloseTo(score, 5));
    }
    await session.release();
  });

  it('fits multi-label texts with the logistic link', () => {
    const random = createRandom(5);
    const words = ['alpha', 'beta', 'gamma'];
    const labels = Array.from({ length: 120 }, () => words.map(() => Number(random.uniform() < 0.4)));
    const sentences = labels.map((row) => `please do ${words.filter((_, k) => row[k] === 1).join(' and ')} today`);
    const y = { classes: 3, values: Float32Array.from(labels.flat()) };
    const multi = fitLinearText(quietContext(1), sentences, y, { ...params, link: 'logistic', tolerance: 1e-3 });
    const [both, none] = scoreTexts(multi, ['gamma alpha please', 'do it today']);
    expect([...both!].map((score) => score > 0)).toEqual([true, false, true]);
    expect([...none!].every((score) => score < 0)).toBe(true);
  });

  it('throws SHAPE_MISMATCH for targets of another length', () => {
    const short = { classes: 3, values: new Float32Array(3) };
    expect(() => fitLinearText(quietContext(1), texts, short, params)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
