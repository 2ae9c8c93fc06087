import { describe, expect, it } from 'vitest';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
import { createRandom } from '../../numeric/random/index.js';
import { loadEncoder } from './encoder.js';
import { initialHead } from './fine-tuning.js';
import { AdamW } from './optimizer.js';
import type { Head } from './training-graph.js';
import { TrainingStep, type Example } from './training-step.js';

const CLASSES = 3;

const sequences: Example[] = [
  { ids: Int32Array.of(2, 60, 61, 3), label: (into) => ((into[1] = 1), 1) },
  { ids: Int32Array.of(2, 30, 3), label: (into) => ((into[0] = 0.7), (into[2] = 0.3), 1) },
];
/** Token-level examples with a target at one piece only. */
const tokens: Example[] = sequences.map(({ ids }) => ({
  ids,
  label: (into) => ((into[CLASSES + 2] = 1), 1),
}));

async function openStep(head: Head, dropout: number, family: 'bert' | 'distilbert') {
  const encoder = loadEncoder(tinyEncoderFiles({ family }));
  const start = initialHead(encoder.config.hidden, CLASSES, 3);
  // A larger head, so that the gradients of lower layers are measurable.
  for (const { data } of start.values()) data.forEach((value, i) => (data[i] = value * 20 + 0.1));
  const optimizer = new AdamW(new Map([...encoder.weights.trained(), ...start]));
  const step = await TrainingStep.open({ encoder, head, params: { dropout, maximumLength: 16 }, seed: 5 }, optimizer);
  return { optimizer, step };
}

/** Central difference of the loss with respect to one weight. */
async function finiteDifference(loss: () => Promise<number>, data: Float32Array, index: number): Promise<number> {
  const before = data[index]!;
  const h = 0.01;
  data[index] = before + h;
  const above = await loss();
  data[index] = before - h;
  const below = await loss();
  data[index] = before;
  return (above - below) / (2 * h);
}

describe('the gradients of the training graph', () => {
  const heads = [
    [{ level: 'sequence', multiLabel: false, classes: CLASSES }, 0, 'bert'],
    [{ level: 'sequence', multiLabel: true, classes: CLASSES }, 0.3, 'distilbert'],
    [{ level: 'token', multiLabel: false, classes: CLASSES }, 0.3, 'bert'],
    [{ level: 'sequence', multiLabel: false, classes: CLASSES }, 0.3, 'distilbert'],
  ] as const;

  it.each(heads)('match finite differences of the loss: %o, dropout %f, %s', async (head, dropout, family) => {
    const { optimizer, step } = await openStep(head, dropout, family);
    const examples = head.level === 'token' ? tokens : sequences;
    const loss = (): Promise<number> => step.gradients(examples, 1 / examples.length, 'check');
    const random = createRandom(11);
    for (const name of optimizer.names) {
      const { data } = optimizer.weight(name);
      const places = [0, data.length - 1, random.integer(data.length), random.integer(data.length)];
      await loss();
      const gradient = optimizer.gradient(name).data.slice();
      for (const place of places) {
        const expected = await finiteDifference(loss, data, place);
        const allowed = 2e-3 + 0.02 * Math.abs(expected);
        expect(Math.abs(gradient[place]! - expected), `${name}[${place}]`).toBeLessThan(allowed);
      }
      // Every weight has a gradient ("some": the key's bias shifts all scores of a row equally, so its gradient is 0).
      expect(
        gradient.some((value) => Math.abs(value) > 1e-5),
        name,
      ).toBe(true);
    }
    await step.close();
  });

  it('draw the same dropout for the same key and another for another key', async () => {
    const { step } = await openStep({ level: 'sequence', multiLabel: false, classes: CLASSES }, 0.3, 'bert');
    const lossAt = (key: string): Promise<number> => step.gradients(sequences, 0.5, key);
    expect(await lossAt('1/0')).toBe(await lossAt('1/0'));
    expect(await lossAt('2/0')).not.toBe(await lossAt('1/0'));
    await step.close();
  });

  it('do not depend on padding', async () => {
    const { optimizer, step } = await openStep({ level: 'sequence', multiLabel: false, classes: CLASSES }, 0, 'bert');
    const gradientOf = async (examples: readonly Example[]): Promise<Float32Array> => {
      await step.gradients(examples, 0.5, '');
      return optimizer.region('gradients').slice();
    };
    const together = await gradientOf(sequences);
    const [first, second] = [await gradientOf(sequences.slice(0, 1)), await gradientOf(sequences.slice(1))];
    const separate = first.map((value, i) => value + second[i]!);
    const gap = together.reduce((most, value, i) => Math.max(most, Math.abs(value - separate[i]!)), 0);
    expect(gap).toBeLessThan(1e-5);
    await step.close();
  });
});
