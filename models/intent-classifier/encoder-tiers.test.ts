import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import { trainContext } from '../../tests/support/check-model.js';
import { tinyEncoderFiles } from '../../tests/support/tiny-encoder.js';
import { train } from './estimator.js';
import { fixture } from './fixtures/make-fixture.js';
import { intents } from './formats/intents.js';
import { params } from './params.js';
import { openPredictor } from './predictor.js';

const rows = fixture().split('\n').slice(0, 121).join('\n');
const data: TrainingData = {
  schema: intents.schema,
  table: intents.layout!.parse([{ name: 'intents.csv', text: rows }]),
};
const context = () => ({ ...trainContext(), encoder: () => Promise.resolve(tinyEncoderFiles()) });

describe.each(['frozen', 'fine-tuned'] as const)('the %s tier', (engine) => {
  it('trains on a small random encoder, twice to the same bytes, and answers a batch as one by one', async () => {
    const settings = params.parse({ engine, epochs: 1 });
    const files = await train(context(), data, settings);
    expect(await train(context(), data, settings)).toEqual(files);
    const predictor = await openPredictor(files);
    expect(predictor.decision.engine).toBe(engine);
    const messages = ['block my card', 'what is my balance'].map((text) => ({ text }));
    const batch = await predictor.predict(messages);
    for (const [i, message] of messages.entries()) expect((await predictor.predict([message]))[0]).toEqual(batch[i]);
    await predictor.close();
  });
});
