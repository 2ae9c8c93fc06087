import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { filesOfVariant, variantsOf } from '../../../learning/artefact/index.js';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
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
const fineTuned = params.parse({ engine: 'fine-tuned', epochs: 1, iterations: 15 });

type Answer = Awaited<ReturnType<NerPredictor['predict']>>[number];
const withoutConfidence = ({ entities }: Answer) => entities.map((entity) => ({ ...entity, confidence: null }));

describe('the fine-tuned engine', () => {
  let predictor: NerPredictor;
  let first: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    first = await train(context(), asData(80), fineTuned);
    predictor = await openPredictor(first);
  });

  it('notes its pool weights', () => {
    expect(predictor.engine).toBe('fine-tuned');
    expect(predictor.notes.join()).toMatch(/pooled with the weights [\d.]+ and [\d.]+/);
  });

  it('finds entities in texts longer than the maximum length, independently of the batch', async () => {
    const text = `${'well '.repeat(60)}please pay ₹500 to Kalomi Store last month`;
    const others = ['\u0000', '🙂', 'x'.repeat(5000)];
    const together = await predictor.predict([...others, text].map((one) => ({ text: one })));
    const [alone] = await predictor.predict([{ text }]);
    expect(together[3]).toEqual(alone);
    expect(alone!.entities.map((entity) => entity.text)).toContain('₹500');
  });

  it('is byte-identical for the same seed', async () => {
    expect(await train(context(), asData(80), fineTuned)).toEqual(first);
  });

  it('throws ARTEFACT_INVALID without pool.json', async () => {
    const others = Object.fromEntries(Object.entries(first).filter(([name]) => name !== 'pool.json'));
    await expect(openPredictor(others)).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
  });

  it('serves an int8 graph, smaller and with answers that do not depend on the batch', async () => {
    const files = await train(context(), asData(80), { ...fineTuned, precision: 'int8' });
    expect(files['encoder.onnx']!.length).toBeLessThan(first['encoder.onnx']!.length);
    const quantised = await openPredictor(files);
    const texts = ['please pay ₹500 to Kalomi Store last month', 'x'.repeat(500), 'kal Ravi Teja ko 2 lakh bheje the'];
    const together = await quantised.predict(texts.map((text) => ({ text })));
    for (const [i, text] of texts.entries()) {
      const [alone] = await quantised.predict([{ text }]);
      expect(withoutConfidence(alone!)).toEqual(withoutConfidence(together[i]!));
      // A sum of float32 weights is rounded by the number of columns, which the batch's longest list of features sets.
      for (const [k, { confidence }] of alone!.entities.entries())
        expect(confidence).toBeCloseTo(together[i]!.entities[k]!.confidence, 6);
    }
    await quantised.close();
  });

  it('keeps both formats in one artefact, each as it is when it is trained alone', async () => {
    const int8 = await train(context(), asData(80), { ...fineTuned, precision: 'int8' });
    const both = await train(context(), asData(80), { ...fineTuned, precision: 'both' });
    expect(variantsOf(both)).toEqual(['int8']);
    expect(filesOfVariant(both, 'int8')).toEqual(int8);
    const usual = Object.entries(both).filter(([name]) => !name.includes('.int8.'));
    const others = ([name]: [string, unknown]): boolean => name !== 'facts.json';
    expect(Object.fromEntries(usual.filter(others))).toEqual(Object.fromEntries(Object.entries(first).filter(others)));
    expect(both).not.toHaveProperty(['tokenizer.int8.json']);
  });
});
