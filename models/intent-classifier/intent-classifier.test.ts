import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingData } from '../../contracts/dataset.js';
import type { SnapshotTables } from '../../contracts/backend.js';
import { lime, rankAgreement } from '../../learning/evaluation/explain/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { numberColumn, textColumn } from '../../learning/table.js';
import { trainContext } from '../../tests/support/check-model.js';
import { train } from './training/train.js';
import { evaluate, score } from './evaluation/score.js';
import { probabilityOf } from './prediction/explain.js';
import { labelledMessages } from './data/dataset.js';
import { fixture, fixtureMessages } from './fixtures/make-fixture.js';
import { intents } from './data/formats/intents.js';
import { messageSchema, messageTable, type LabelledMessage } from './data/formats/message-table.js';
import { params } from './params.js';
import { input, openPredictor } from './prediction/predictor.js';

const data: TrainingData = { schema: intents.schema, table: messageTable(fixtureMessages()) };
const quick = params.parse({ augmentation: 'none' });
const trained = train(trainContext(), data, quick);

/** Multi-label messages: each part of a text is one intent. */
function multiLabelMessages(rows: number): TrainingData {
  const parts: Readonly<Record<string, string>> = { play: 'play a song', rate: 'rate this book', book: 'book a table' };
  const names = Object.keys(parts);
  const messages = Array.from({ length: rows }, (_, i): LabelledMessage => {
    const chosen = names.filter((_name, k) => ((i * 2654435761) >>> (8 + k)) % 2 === 1);
    const text = ['please', ...chosen.map((name) => parts[name]), `number ${i}`].join(' ');
    return { text, intent: chosen.length > 0 ? chosen.join('#') : '#', part: i % 4 === 0 ? 'test' : 'train' };
  });
  return { schema: messageSchema('several'), table: messageTable(messages) };
}

describe('intent classifier', () => {
  it('has the fixture that its script writes', () => {
    expect(readFileSync(join(import.meta.dirname, 'fixtures/intents.csv'), 'utf8')).toBe(fixture());
  });

  it('answers with intent and classes, or as out of scope with a score apart from the confidences', async () => {
    const predictor = await openPredictor(await trained);
    const [block, joke] = await predictor.predict([{ text: 'Please BLOCK my debit card' }, { text: 'tell me a joke' }]);
    expect(block).toMatchObject({ intent: 'block_card', outOfScope: { rejected: false } });
    expect(block!.classes).toHaveLength(6);
    expect(block!.confidence).toBe(block!.classes[0]!.probability);
    expect(block!.summary).toMatch(/^block_card \(.+%\); next .+ This version knows one intent per message\.$/);
    expect(joke).toMatchObject({
      intent: 'out_of_scope',
      confidence: null,
      outOfScope: { rejected: true },
      intents: [],
    });
    expect(joke!.summary).toMatch(/^Not answered: .+ the nearest\. This version knows one intent per message\.$/);
    expect(joke!.summary).not.toMatch(/%/);
    for (const { classes, intentsPerMessage } of [block!, joke!]) {
      expect(classes.map(({ intent }) => intent)).not.toContain('out_of_scope');
      expect(classes.reduce((total, { probability }) => total + probability, 0)).toBeCloseTo(1, 6);
      expect(intentsPerMessage).toBe('one');
    }
    expect(block!.outOfScope.score).toBeLessThan(joke!.outOfScope.score);
    await predictor.close();
  });

  it('accepts emoji, control characters, any script, lone surrogates and long texts, and rejects invalid input', async () => {
    const predictor = await openPredictor(await trained);
    const texts = [
      '🙂🙂',
      'block\u0000\u0007 my card\u202e',
      'بطاقتي ضاعت',
      'कार्ड',
      'x',
      'cut \ud83d',
      'a b '.repeat(5000),
    ];
    const answers = await predictor.predict(texts.map((text) => input.parse({ text })));
    for (const answer of answers) expect(predictor.output.safeParse(answer).success).toBe(true);
    expect(answers[1]!.intent).toBe('block_card');
    for (const text of ['', '   \n', 'a'.repeat(1_000_000), 7, null])
      expect(predictor.input.safeParse({ text }).success).toBe(false);
    await predictor.close();
  });

  it('attributes the answer to words', async () => {
    const predictor = await openPredictor(await trained);
    const message = { text: 'hello, someone stole my credit card' };
    const { intent, words } = (await predictor.explain(message)).explanation;
    expect(words[0]!.sentence).toMatch(/^".+" makes the odds ([\d.]+|over a million) times as (high|low)$/);
    expect(intent).toBe('block_card');
    // At a probability near 1 the odds change more than the probability.
    const text = 'please block my debit card, block it now';
    const { explanation: sure } = await predictor.explain({ text });
    expect(sure.words.filter(({ sentence }) => sentence.includes('odds')).map(({ text }) => text)).toContain('block');
    const factors = sure.words.map(({ oddsFactor }) => Math.abs(Math.log(oddsFactor!)));
    expect(factors).toEqual([...factors].sort((a, b) => b - a));
    for (const { text, start, end } of words) expect(message.text.slice(start, end)).toBe(text);
    expect(['stole', 'card', 'someone']).toContain(words[0]!.text);
    await predictor.close();
  });

  it('attributes the answer to words by LIME when asked, the same each time', async () => {
    const predictor = await openPredictor(await trained);
    const message = { text: 'hello, someone stole my credit card' };
    expect(predictor.attributionMethods).toEqual(['occlusion', 'lime']);
    const { output, explanation } = await predictor.explain(message, 'lime');
    expect(output).toEqual((await predictor.predict([message]))[0]);
    expect(explanation).toMatchObject({ intent: 'block_card', method: 'lime' });
    expect(explanation.words[0]!.sentence).toMatch(/^".+" (raises|lowers) the probability by [\d.]+ points$/);
    const sizes = explanation.words.map(({ weight }) => Math.abs(weight));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(await predictor.explain(message, 'lime')).toEqual({ output, explanation });
    const byDefault = await predictor.explain(message);
    expect(await predictor.explain(message, 'occlusion')).toEqual(byDefault);
    const byLime = [...explanation.words].sort((a, b) => a.start - b.start);
    const byOcclusion = [...byDefault.explanation.words].sort((a, b) => a.start - b.start);
    expect(rankAgreement(byLime, byOcclusion)).toBeGreaterThan(0.5);
    await predictor.close();
  });

  it('ranks words like LIME, unlike a random ranking', async () => {
    const predictor = await openPredictor(await trained);
    const agreements = { ours: [] as number[], chance: [] as number[] };
    const random = createRandom(7);
    for (const text of textColumn(data.table, 'text').slice(0, 100)) {
      if (text!.split(' ').length < 4) continue;
      const { intent, words } = (await predictor.explain({ text: text! })).explanation;
      const ours = [...words].sort((a, b) => a.start - b.start);
      const reference = await lime(text!, probabilityOf(predictor, intent), { seed: 1, samples: 120 });
      const shuffled = Array.from(random.permutation(ours.length), (i) => ours[i]!);
      const agreed = rankAgreement(ours, reference);
      const byChance = rankAgreement(shuffled, reference);
      if (agreed === null || byChance === null) continue;
      agreements.ours.push(agreed);
      agreements.chance.push(byChance);
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
    expect(agreements.ours.length).toBeGreaterThan(60);
    expect(mean(agreements.ours)).toBeGreaterThan(0.8);
    expect(Math.abs(mean(agreements.chance))).toBeLessThan(0.2);
    await predictor.close();
  });

  it('learns multi-label messages and gives [] for a message without intents', async () => {
    const all = multiLabelMessages(400);
    const predictor = await openPredictor(await train(trainContext(), all, quick));
    expect(predictor.decision.several).toBe(true);
    const [both, none] = await predictor.predict([{ text: 'rate this book and play a song' }, { text: 'please 7' }]);
    expect(both!.intents.map(({ intent }) => intent).sort()).toEqual(['play', 'rate']);
    expect(none).toMatchObject({ intents: [], outOfScope: { rejected: true }, intentsPerMessage: 'several' });
    expect(both!.summary).toMatch(/^(play|rate) \(.+%\), (play|rate) \(.+%\); the list is right with .+ %\.$/);
    expect(none!.summary).toMatch(/^None of the known intents/);
    const { metrics, notes, plots, slices } = evaluate(await score(predictor, all, trainContext()), all);
    const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    expect(value('microF1')).toBeGreaterThan(0.95);
    expect(value('accuracy')).toBeGreaterThan(0.9);
    expect(value('macroF1')).toBeGreaterThan(0.9);
    expect(value('expectedCalibrationError')).toBeLessThan(0.08);
    // Counts intents rather than lists of intents.
    expect(notes[0]).toMatch(/ of 3 intents$/);
    expect(slices.map(({ name }) => name).filter((name) => name.startsWith('intent'))).toEqual(
      expect.arrayContaining(['intent: book', 'intent: play', 'intent: rate']),
    );
    expect(JSON.stringify(slices)).not.toContain('#');
    expect(JSON.stringify(plots[0]!.spec)).not.toMatch(/play#|#play/);
    await predictor.close();
  });

  it('excludes few out-of-scope messages from classes and accuracy and fits a rejection threshold', async () => {
    const frames = ['block card', 'show balance', 'send money', 'loan status'];
    const messages = Array.from({ length: 400 }, (_, i): LabelledMessage => {
      const outOfScope = i % 40 === 0;
      const text = outOfScope ? `weather joke ${i}` : `${frames[i % 4]} request ${i % 37}`;
      const part = (['train', 'train', 'validation', 'test'] as const)[(i >> 3) % 4]!;
      return { text, intent: outOfScope ? 'oos' : `intent${i % 4}`, part };
    });
    const set = { schema: messageSchema('few'), table: messageTable(messages) };
    const predictor = await openPredictor(await train(trainContext(), set, quick));
    expect(predictor.decision.classes).toEqual(['intent0', 'intent1', 'intent2', 'intent3']);
    expect(predictor.decision.rejection.threshold).not.toBeNull();
    const scored = await score(predictor, set, trainContext());
    const evaluated = numberColumn(scored, 'judged');
    textColumn(scored, 'truth').forEach((truth, row) => expect(evaluated[row]).toBe(truth === 'oos' ? 0 : 1));
    const { metrics } = evaluate(scored, set);
    expect(metrics.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['outOfScopeAuroc', 'coverage', 'answeredAccuracy']),
    );
    expect(metrics[0]).toMatchObject({ name: 'accuracy', n: 390 });
    await predictor.close();
  });

  it("refits on the data's own validation part unless ownValidation is kept", async () => {
    const messages = Array.from({ length: 240 }, (_, i): LabelledMessage => {
      const part = i % 4 === 0 ? 'validation' : 'train';
      const word = part === 'validation' ? ['zebra', 'quokka'] : ['block', 'balance'];
      return { text: `${word[(i >> 2) % 2]!} please ${i % 7}`, intent: `intent${(i >> 2) % 2}`, part };
    });
    const set = { schema: messageSchema('own'), table: messageTable(messages) };
    const topOf = async (ownValidation: string): Promise<number> => {
      const settings = params.parse({ augmentation: 'none', letterGrams: 0, ownValidation });
      const predictor = await openPredictor(await train(trainContext(), set, settings));
      const [answer] = await predictor.predict([{ text: 'quokka' }]);
      await predictor.close();
      return answer!.classes.find(({ intent }) => intent === 'intent1')!.probability;
    };
    // A word of the validation part only has no weight without the refit.
    expect(await topOf('kept')).toBeCloseTo(0.5, 2);
    expect(await topOf('learned')).toBeGreaterThan(0.54);
  });

  it('falls back to from-scratch with a note when the encoder is not available', async () => {
    const files = await train(trainContext(), data, params.parse({ engine: 'fine-tuned', augmentation: 'none' }));
    const { engine, notes } = JSON.parse(new TextDecoder().decode(files['decision.json'])) as {
      engine: string;
      notes: string[];
    };
    expect(engine).toBe('from-scratch');
    expect(notes.join()).toMatch(/no encoder "distilbert-base-uncased"/);
    // `training/evaluate` adds the predictor's notes to the evaluation.
    const predictor = await openPredictor(files);
    expect(predictor.notes.join()).toMatch(/trained from scratch instead/);
    await predictor.close();
  });

  it('takes labelled messages of the backend and groups those without a group by text', () => {
    const text = (...values: (string | null)[]) => ({ kind: 'text' as const, values });
    // prettier-ignore
    const tables: SnapshotTables = {
      chat_messages: {
        rowCount: 3,
        columns: {
          id: text('m1', 'm2', 'm3'), user_id: text('u', 'u', 'v'), text: text('hi', 'card', 'loan'), locale: text('en-IN', null, 'hi-Latn'),
          intent: text('greet', null, 'loan'), text_group: text('g', 'g', null),
          sent_at: { kind: 'timestamp', values: Float64Array.of(1, 2, 3) },
        },
      },
    };
    const { table, notes } = labelledMessages(tables);
    expect(textColumn(table, 'messageId')).toEqual(['m1', 'm3']);
    expect(textColumn(table, 'text_group')).toEqual(['g', 'text: loan']);
    expect(notes[0]).toMatch(/^1 of 3 messages/);
    expect(() => labelledMessages({})).toThrow(expect.objectContaining({ code: 'DATASET_NOT_FOUND' }));
  });
});
