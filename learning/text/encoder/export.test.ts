import { describe, expect, it } from 'vitest';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
import { exportEncoder, loadEncoder, openEncoderSession, type EncoderModel, type Precision } from './index.js';

const encoder = loadEncoder(tinyEncoderFiles());
const { hidden } = encoder.config;
const CLASSES = 3;
const head = { level: 'sequence', multiLabel: false, classes: CLASSES } as const;
const weights = Float32Array.from({ length: hidden * CLASSES }, (_, i) => Math.sin(i + 1));
const bias = Float32Array.of(0.5, -1, 2);
const trained = new Map(encoder.weights.trained());
trained.set('head.weight', { dims: [hidden, CLASSES], data: weights });
trained.set('head.bias', { dims: [CLASSES], data: bias });
const model: EncoderModel = { encoder, head, trained, maximumLength: 16, history: [] };

/** Reference computation of the head on an embedding divided by `length`. */
function headOf(embedding: Float32Array, length: number): number[] {
  const columnOf = (k: number): number[] => Array.from(embedding, (_, j) => weights[j * CLASSES + k]!);
  return Array.from(bias, (start, k) => {
    const column = columnOf(k);
    return embedding.reduce((sum, value, j) => sum + (value / length) * column[j]!, start);
  });
}

describe('exportEncoder with unitLength', () => {
  it.each(['fp32', 'int8'] as const)(
    'scales the head input to unit length and leaves the embedding output unscaled: %s',
    async (precision: Precision) => {
      for (const unitLength of [true, false]) {
        const files = { model: exportEncoder(model, precision, { unitLength }), tokenizer: encoder.tokenizerFile };
        const session = await openEncoderSession(files, { maximumLength: 16 });
        const texts = ['pay my bill', 'transfer money to my card', ''];
        const [embeddings, logits] = [await session.embeddings(texts), await session.logits(texts)];
        texts.forEach((_, i) => {
          const embedding = embeddings[i]!;
          const length = unitLength ? Math.hypot(...embedding) : 1;
          expect(Math.abs(Math.hypot(...embedding) - 1)).toBeGreaterThan(0.01);
          headOf(embedding, length).forEach((logit, k) => expect(logits[i]![k]).toBeCloseTo(logit, 4));
        });
        await session.close();
      }
    },
  );
});
