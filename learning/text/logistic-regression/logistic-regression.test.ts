import { describe, expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { probabilitiesAt } from '../../evaluation/calibration/temperature.js';
import { matrix } from '../../numeric/matrix/index.js';
import { logisticRegression, type LogisticModel } from './index.js';

const [ROWS, COLUMNS, CLASSES] = [90, 6, 3];
const values = Float64Array.from({ length: ROWS * COLUMNS }, (_, at) => {
  const [i, j] = [Math.floor(at / COLUMNS), at % COLUMNS];
  return Math.sin(1.7 * (i + 1) * (j + 1)) + (i % CLASSES === j % CLASSES ? 0.9 : 0);
});
const x = matrix(ROWS, COLUMNS, values);
const targets = {
  classes: CLASSES,
  values: Float32Array.from({ length: ROWS * CLASSES }, (_, at) => {
    const row = Math.floor(at / CLASSES);
    return Number(row % CLASSES === at % CLASSES);
  }),
};
const options = { c: 10, link: 'softmax', tolerance: 1e-6, maxEpochs: 3000 } as const;

const probabilities = ({ weights, bias }: LogisticModel, row: number): number[] => {
  const scores = Float64Array.from(bias, (b, k) => {
    let score = b;
    for (let j = 0; j < COLUMNS; j++) score += values[row * COLUMNS + j]! * weights[j * CLASSES + k]!;
    return score;
  });
  return [...probabilitiesAt(scores, 1, 'softmax')];
};

describe('logisticRegression', () => {
  it('gives the probabilities of scikit-learn', () => {
    // scikit-learn 1.9.1, LogisticRegression(C=10, tol=1e-10) on the same rows, centred and of unit mean square length.
    const reference = [
      [0.971212, 0.027801, 0.000986],
      [0.258974, 0.599891, 0.141135],
      [0.074599, 0.046849, 0.878552],
      [0.85225, 0.095855, 0.051895],
    ];
    const model = logisticRegression(quietContext(1), x, targets, options);
    // This implementation also penalises the bias, which is the only difference on centred rows.
    reference.forEach((row, i) => {
      probabilities(model, i).forEach((p, k) => expect(Math.abs(p - row[k]!)).toBeLessThan(0.003));
    });
  });

  it('is invariant to shifting and scaling the columns', () => {
    const shifted = values.map((value) => 5 * value + 100);
    const [plain, other] = [x, matrix(ROWS, COLUMNS, shifted)].map((rows) =>
      logisticRegression(quietContext(1), rows, targets, options),
    );
    plain!.weights.forEach((weight, i) => expect(other!.weights[i]! * 5).toBeCloseTo(weight, 3));
  });

  it('is deterministic, leaves its input unchanged and throws SHAPE_MISMATCH for targets of another length', () => {
    const before = values.slice();
    const [one, two] = [1, 1].map((seed) => logisticRegression(quietContext(seed), x, targets, options));
    expect(one).toEqual(two);
    expect(values).toEqual(before);
    const short = { classes: CLASSES, values: new Float32Array(5) };
    expect(() => logisticRegression(quietContext(1), x, short, options)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
