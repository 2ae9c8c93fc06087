import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietContext } from '../../estimator.js';
import { embedTexts, loadEncoder } from './index.js';

/* Tests with pretrained weights, run when ENCODER_PATH is set (docs/encoders.md). */

const folder = process.env.ENCODER_PATH;
const MINILM = '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db';

function filesIn(path: string) {
  const [config, tokenizer, weights] = ['config.json', 'tokenizer.json', 'model.safetensors'].map((name) =>
    readFileSync(join(path, name)),
  );
  const weightsSha256 = createHash('sha256').update(weights!).digest('hex');
  return { name: 'real', config: config!, tokenizer: tokenizer!, weights: weights!, weightsSha256 };
}

const groups = [
  ['how much money is in my account', 'what is my bank balance'],
  ['my card was stolen', 'i lost my credit card'],
  ['what is the weather tomorrow', 'will it rain next week'],
];

describe.skipIf(folder === undefined)('a pretrained encoder (skipped without ENCODER_PATH)', () => {
  it.each(['fp32', 'int8'] as const)('embeds paraphrases nearest to each other: %s', async (precision) => {
    const files = filesIn(folder!);
    const encoder = loadEncoder(files);
    const texts = groups.flat();
    const { values, cols } = await embedTexts(encoder, texts, quietContext(1), { precision });
    const rows = texts.map((_, i) => values.subarray(i * cols, (i + 1) * cols));
    const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const cosine = (i: number, j: number): number =>
      dot(rows[i]!, rows[j]!) / Math.sqrt(dot(rows[i]!, rows[i]!) * dot(rows[j]!, rows[j]!));
    texts.forEach((_, i) => {
      const others = texts.map((__, j) => (i === j ? -1 : cosine(i, j)));
      expect(others.indexOf(Math.max(...others))).toBe(i ^ 1);
    });
    // For MiniLM the similarities given by transformers are known; other encoders are checked for the order only.
    if (files.weightsSha256 === MINILM && precision === 'fp32')
      expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 4) + 0.3);
  });
});
