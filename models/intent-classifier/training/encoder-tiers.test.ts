import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import type { TrainContext } from '../../../contracts/model-definition.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { tinyEncoderFiles } from '../../../tests/support/tiny-encoder.js';
import { train } from './train.js';
import { fixtureMessages } from '../fixtures/make-fixture.js';
import { intents } from '../data/formats/intents.js';
import { messageTable } from '../data/formats/message-table.js';
import { params } from '../params.js';
import { openPredictor } from '../prediction/predictor.js';

const data: TrainingData = { schema: intents.schema, table: messageTable(fixtureMessages().slice(0, 120)) };
const context = () => ({ ...trainContext(), encoder: () => Promise.resolve(tinyEncoderFiles()) });

describe.each(['frozen', 'fine-tuned'] as const)('the %s tier', (engine) => {
  it('trains byte-identical artefacts and answers a batch as single messages', async () => {
    const settings = params.parse({ engine, epochs: 1, tierChoice: 'asked' });
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

it('trains from scratch, with a note, where the frozen encoder is worse on validation', async () => {
  const predictor = await openPredictor(await train(context(), data, params.parse({ engine: 'frozen' })));
  expect(predictor.decision.engine).toBe('from-scratch');
  expect(predictor.notes.join()).toMatch(
    /from scratch: on validation accuracy [\d.]+ %, on the frozen encoder [\d.]+ %/,
  );
  const [answer] = await predictor.predict([{ text: 'block my card' }]);
  expect(answer!.classes[0]!.intent).toBe('block_card');
  await predictor.close();
});

describe('the fine-tuned tier, interrupted', () => {
  const settings = params.parse({ engine: 'fine-tuned', epochs: 2 });

  /** Runs a training and records the steps of each fine-tuning; throws at the given step of the given fine-tuning. */
  async function attempt(
    trainContextOf: TrainContext,
    kill: { readonly training: number; readonly step: number } | null,
  ) {
    const trainings: number[] = [];
    const onProgress = ({ stage, done }: { stage: string; done: number }): void => {
      if (stage !== 'fine-tuning') return;
      if (trainings.length === 0 || done <= trainings.at(-1)!) trainings.push(done);
      trainings[trainings.length - 1] = done;
      if (kill !== null && trainings.length === kill.training && done === kill.step) throw new Error('killed');
    };
    const files = await train({ ...trainContextOf, onProgress }, data, settings).catch((fault: unknown) => fault);
    return { trainings, files };
  }

  it('in the refit resumes without the first fit and gives the same files', async () => {
    const whole = await attempt(context(), null);
    expect(whole.trainings).toHaveLength(2);
    const [first, second] = whole.trainings;
    expect(second).toBeGreaterThan(first!);
    const trainContextOf = context();
    const killed = await attempt(trainContextOf, { training: 2, step: second! / 2 });
    expect(killed.files).toMatchObject({ message: 'killed' });
    const resumed = await attempt(trainContextOf, null);
    expect(resumed).toEqual({ trainings: [second], files: whole.files });
  });

  it('ignores the stored decision of another training', async () => {
    const trainContextOf = context();
    await attempt(trainContextOf, null);
    const other = await attempt({ ...trainContextOf, seed: trainContextOf.seed + 1 }, null);
    expect(other.trainings).toHaveLength(2);
  });
});
