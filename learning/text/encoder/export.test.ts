import { describe, expect, it } from 'vitest';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
import { exportEncoder, loadEncoder, openEncoderSession, type EncoderModel, type Precision } from './index.js';

const encoder = loadEncoder(tinyEncoderFiles());
const { hidden } = encoder.config;
const CLASSES = 3;
const head = { level: 'sequence', choice: 'one', classes: CLASSES } as const;
const weights = Float32Array.from({ length: hidden * CLASSES }, (_, i) => Math.sin(i + 1));
const bias = Float32Array.of(0.5, -1, 2);
const trained = new Map(encoder.weights.trained());
trained.set('head.weight', { dims: [hidden, CLASSES], data: weights });
trained.set('head.bias', { dims: [CLASSES], data: bias });
const model: EncoderModel = { encoder, head, trained, maximumLength: 16, history: [] };

/** The head by hand, on an embedding divided by `length`. */
const headOf = (embedding: Float32Array, length: number): number[] =>
  Array.from(bias, (b, k) => embedding.reduce((sum, value, j) => sum + (value / length) * weights[j * CLASSES + k]!, b)); // prettier-ignore

describe('a head on embeddings of length 1', () => {
  it.each(['fp32', 'int8'] as const)(
    'reads the direction alone, and the embedding stays as it is: %s',
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
