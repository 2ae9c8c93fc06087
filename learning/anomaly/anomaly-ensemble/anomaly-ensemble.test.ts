import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { checkUnsupervised } from '../../../tests/support/check-estimator.js';
import { loadAutoencoder } from '../autoencoder/index.js';
import { quietContext } from '../../estimator.js';
import { isolationForest } from '../isolation-forest/index.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import { rocAuc } from '../../evaluation/metrics/index.js';
import { createRandom } from '../../numeric/random/index.js';
import { agreement, crowding, ranks } from './evidence.js';
import {
  anomalyEnsemble,
  anomalyEnsembleWith,
  ensembleGraph,
  renewEnsemble,
  toOnnx,
  type AnomalyEnsembleState,
} from './index.js';

checkUnsupervised(anomalyEnsemble, { params: { trees: 20 } });

type Labelled = [Matrix, Float64Array];
const lastAreOdd = (rows: number, odd: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => (i >= rows - odd ? 1 : 0));

/** Columns that follow a hidden pair; the anomalies break the relation and are ordinary in each column. */
function brokenRelation(rows: number, odd: number): Labelled {
  const random = createRandom(2);
  const values = new Float64Array(rows * 6);
  for (let i = 0; i < rows; i++) {
    const hidden = [random.normal(), random.normal()];
    for (let j = 0; j < 6; j++) {
      const part = i < rows - odd ? hidden[j % 2]! : random.normal();
      values[i * 6 + j] = part + 0.2 * random.normal();
    }
  }
  return [matrix(rows, 6, values), lastAreOdd(rows, odd)];
}

/** A cloud, and a tight cluster of anomalies far from it. */
function cloudAndCluster(rows: number, odd: number): Labelled {
  const random = createRandom(3);
  const values = Float64Array.from({ length: rows * 6 }, () => random.normal());
  for (let at = (rows - odd) * 6; at < rows * 6; at++) values[at] = 2.5 + 0.05 * values[at]!;
  return [matrix(rows, 6, values), lastAreOdd(rows, odd)];
}

const { estimator: autoencoder } = await loadAutoencoder();
const fit = (x: Matrix, params: object = {}): AnomalyEnsembleState =>
  anomalyEnsemble.fit({ trees: 100, ...params }, x, quietContext(5));

async function runGraph(state: AnomalyEnsembleState, x: Matrix): Promise<Float32Array> {
  const session = await InferenceSession.create(toOnnx(state));
  const features = new Tensor('float32', Float32Array.from(x.values), [x.rows, x.cols]);
  const { [ensembleGraph.score]: scores } = await session.run({ [ensembleGraph.input]: features });
  await session.release();
  return scores!.data as Float32Array;
}

const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);

describe('choice without labels', () => {
  it('chooses the ensemble for scattered anomalies and has a higher AUC with it', () => {
    const [x, labels] = brokenRelation(2000, 30);
    const state = fit(x);
    expect(state.choice).toBe('ensemble');
    const forest = rocAuc(labels, isolationForest.predict(state.forest, x));
    expect(rocAuc(labels, anomalyEnsemble.predict(state, x))).toBeGreaterThan(forest + 0.05);
  });

  it('chooses the forest alone for clustered anomalies and has a higher AUC with it', () => {
    const [x, labels] = cloudAndCluster(2000, 120);
    const state = fit(x);
    expect(state.choice).toBe('forest');
    expect(state.evidence.crowding).toBeGreaterThan(0.05);
    const forced = anomalyEnsemble.predict(fit(x, { method: 'ensemble' }), x);
    expect(rocAuc(labels, anomalyEnsemble.predict(state, x))).toBeGreaterThan(rocAuc(labels, forced));
  });

  it('uses the method that is named', () => {
    const [x] = cloudAndCluster(500, 30);
    expect(fit(x, { method: 'forest' })).toMatchObject({ choice: 'forest', members: [] });
    expect(fit(x, { method: 'ensemble' }).members).toHaveLength(2);
  });
});

describe('evidence', () => {
  it('gives equal values their mean rank', () => {
    expect([...ranks(Float64Array.of(5, 1, 5, 9))]).toEqual([0.625, 0.25, 0.625, 1]);
  });

  it('has high agreement for equal orders and low agreement for reversed ones', () => {
    const scores = Float64Array.from({ length: 1000 }, (_, i) => i);
    expect(agreement(scores, scores)).toBeGreaterThan(0.97);
    expect(
      agreement(
        scores,
        scores.map((value) => -value),
      ),
    ).toBeLessThan(0.05);
  });

  it('measures crowding as the share of far rows with close neighbours', () => {
    const far = Float64Array.from({ length: 100 }, (_, i) => i);
    const near = far.map((value) => (value >= 95 ? -1 : value));
    expect(crowding(far, near)).toBe(0.5);
    expect(crowding(far, far)).toBe(0);
  });
});

describe('graph', () => {
  it.each(['forest', 'ensemble'])('agrees with predict to 1e-5: %s', async (method) => {
    const [x] = brokenRelation(700, 20);
    const state = anomalyEnsemble.fit({ trees: 30, method }, x, quietContext(5));
    expect(state.members).toHaveLength(method === 'forest' ? 0 : 2);
    const scores = anomalyEnsemble.predict(state, x);
    expect(largestGap(await runGraph(state, x), scores)).toBeLessThan(1e-5);
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
  });

  it('includes an autoencoder that was asked for, also after a renewal', async () => {
    const [x] = brokenRelation(700, 20);
    const state = anomalyEnsembleWith(autoencoder).fit({ trees: 30, method: 'ensemble' }, x, quietContext(5));
    const kinds = ['reference-distance', 'compressed-reference-distance', 'autoencoder'];
    const renewed = renewEnsemble(state, x, { share: 0.5, seed: 8 });
    for (const each of [state, renewed]) {
      expect(each.members.map((member) => member.state.kind)).toEqual(kinds);
      expect(largestGap(await runGraph(each, x), anomalyEnsemble.predict(each, x))).toBeLessThan(1e-5);
    }
    expect(renewed.members[2]!.state).toEqual(state.members[2]!.state);
  });

  it('separates extreme scores', async () => {
    const [x] = brokenRelation(500, 0);
    const state = fit(x, { method: 'ensemble' });
    const far = matrix(
      3,
      6,
      Float64Array.from({ length: 18 }, (_, i) => 10 ** (2 + Math.floor(i / 6))),
    );
    const scores = [...(await runGraph(state, far))];
    expect(scores[0]! < scores[1]! && scores[1]! < scores[2]! && scores[2]! < 1).toBe(true);
  });
});

describe('renewal', () => {
  const [x] = brokenRelation(900, 0);
  const shifted = matrix(
    x.rows,
    x.cols,
    x.values.map((value) => value + 6),
  );
  const average = (state: AnomalyEnsembleState): number => {
    const scores = anomalyEnsemble.predict(state, shifted);
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  };

  it.each(['forest', 'ensemble'])('adapts to a shift and keeps the choice: %s', async (method) => {
    const state = fit(x, { method });
    const renewed = renewEnsemble(state, shifted, { share: 1, seed: 8 });
    expect(average(renewed)).toBeLessThan(average(state) - 0.1);
    expect(renewed.choice).toBe(state.choice);
    expect(renewed).toEqual(renewEnsemble(state, shifted, { share: 1, seed: 8 }));
    expect(largestGap(await runGraph(renewed, x), anomalyEnsemble.predict(renewed, x))).toBeLessThan(1e-5);
  });

  it('leaves out the members of an earlier ensemble that are no longer fitted', () => {
    const state = fit(x, { method: 'ensemble' });
    const former = { center: 0, scale: 1, weight: 0.1, state: { schemaVersion: 1, kind: 'tail-score' } };
    const earlier = { ...state, members: [...state.members, former] } as unknown as AnomalyEnsembleState;
    const by = { share: 0.5, seed: 8 };
    expect(renewEnsemble(earlier, shifted, by)).toEqual(renewEnsemble(state, shifted, by));
  });

  it('refuses a share that replaces nothing and a window that is too small', () => {
    const state = fit(x, { method: 'forest' });
    expect(() => renewEnsemble(state, shifted, { share: 0, seed: 1 })).toThrow('share is 0');
    const few = matrix(10, 6, new Float64Array(60));
    expect(() => renewEnsemble(state, few, { share: 0.5, seed: 1 })).toThrow('10 rows in the window');
  });
});

it('handles two rows and constant rows', async () => {
  for (const x of [matrix(2, 1, Float64Array.of(1, 2)), matrix(60, 3, new Float64Array(180).fill(1))]) {
    const state = fit(x, { method: 'ensemble' });
    const scores = anomalyEnsemble.predict(state, x);
    expect(scores.every((score) => score > 0 && score < 1)).toBe(true);
    expect(largestGap(await runGraph(state, x), scores)).toBeLessThan(1e-5);
  }
});
