import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
import { cutWindows, joinWindows } from './encoder-windows.js';
import { train } from './train.js';
import { fixtureTexts } from '../fixtures/make-fixture.js';
import { nerJson } from '../data/formats/ner-json.js';
import { params } from '../params.js';
import { openPredictor, type NerPredictor } from '../prediction/predictor.js';
import { textTable } from '../data/text-table.js';

const asData = (count: number): TrainingData => {
  const texts = fixtureTexts(count, 1).map(({ entities, ...rest }) => ({ ...rest, spans: entities }));
  return { schema: nerJson.schema, table: textTable(texts) };
};
const context = () => ({ ...trainContext(), encoder: () => Promise.resolve(tinyEncoderFiles()) });
const tuned = params.parse({ engine: 'fine-tuned', epochs: 1, iterations: 15 });

describe('windows', () => {
  it('cover every word once with their answers, and overlap', () => {
    const pieces = Array.from({ length: 50 }, (_, i) => 1 + (i % 4));
    const windows = cutWindows(pieces, 20);
    const sizes = windows.map(({ first, last }) => pieces.slice(first, last).reduce((sum, one) => sum + one, 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    windows.slice(1).forEach(({ first, from }, i) => {
      expect(first).toBeLessThan(windows[i]!.last);
      expect(from).toBeGreaterThanOrEqual(first);
      expect(from).toBeLessThanOrEqual(windows[i]!.last);
    });
    const answers = windows.map(({ first, last }) => Array.from({ length: last - first }, (_, i) => first + i));
    expect(joinWindows(windows, answers)).toEqual([...pieces.keys()]);
  });

  it('are one for what fits, and go on after a word that is too long by itself', () => {
    expect(cutWindows([1, 2, 3], 6)).toEqual([{ first: 0, last: 3, from: 0 }]);
    expect(cutWindows([], 6)).toEqual([{ first: 0, last: 0, from: 0 }]);
    const windows = cutWindows([9, 9, 9], 6);
    expect(windows.map(({ first, last }) => [first, last])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });
});

describe('a fine-tuned encoder', () => {
  let predictor: NerPredictor;
  let first: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    first = await train(context(), asData(80), tuned);
    predictor = await openPredictor(first);
  });

  it('is pooled with a field, and says how', () => {
    expect(predictor.engine).toBe('fine-tuned');
    expect(predictor.notes.join()).toMatch(/pooled with the weights [\d.]+ and [\d.]+/);
  });

  it('finds entities in texts longer than it can read at once, the same in any company', async () => {
    const text = `${'well '.repeat(60)}please pay ₹500 to Kalomi Store last month`;
    const odd = ['\u0000', '🙂', 'x'.repeat(5000), text];
    const together = await predictor.predict(odd.map((one) => ({ text: one })));
    const [alone] = await predictor.predict([{ text }]);
    expect(together[3]).toEqual(alone);
    expect(alone!.entities.map((entity) => entity.text)).toContain('₹500');
  });

  it('is the same bytes for the same seed', async () => {
    expect(await train(context(), asData(80), tuned)).toEqual(first);
  });

  it('refuses an artefact without its weights of opinions', async () => {
    const others = Object.fromEntries(Object.entries(first).filter(([name]) => name !== 'pool.json'));
    await expect(openPredictor(others)).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
  });
});
