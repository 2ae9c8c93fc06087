import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { prepare } from '../data/examples.js';
import { messageSchema, messageTable, type LabelledMessage } from '../data/formats/message-table.js';
import { params } from '../params.js';
import { openScratchEngine } from '../prediction/engine.js';
import { crossFitScratch } from './cross-fit-scratch.js';
import { fitDecision } from './fit-decision.js';
import { validationQuality } from './validation-quality.js';

const WORDS = ['card', 'loan', 'bill', 'rent', 'gold', 'fund'];

/** Messages of six intents; a fifth of them has the word of another intent. */
function noisyMessages(rows: number): LabelledMessage[] {
  const random = createRandom(3);
  return Array.from({ length: rows }, (_, i) => {
    const intent = i % WORDS.length;
    const word = random.uniform() < 0.2 ? random.integer(WORDS.length) : intent;
    return { text: `please ${WORDS[word]!} ${i % 13} for me ${i}`, intent: `about_${WORDS[intent]!}`, part: null };
  });
}

const withoutParts = (messages: readonly LabelledMessage[]): TrainingData => {
  const { rowCount, columns } = messageTable(messages);
  const { messageId, text, intent } = columns;
  return {
    schema: messageSchema('noisy'),
    table: { rowCount, columns: { messageId: messageId!, text: text!, intent: intent! } },
  };
};

const data = withoutParts(noisyMessages(600));
const settings = params.parse({});

describe('crossFitScratch', () => {
  const prepared = prepare(data, settings);
  const fitted = crossFitScratch(trainContext(), prepared, settings);

  it('validates each message once, by a model that was fitted without it', async () => {
    const { rows } = await fitted;
    expect(rows.map(({ example }) => example.text).sort()).toEqual(data.table.columns.text!.values.slice().sort());
    for (const { fit, validation } of prepared.folds) {
      const learned = new Set(fit.map(({ text }) => text));
      expect(validation.some(({ text }) => learned.has(text))).toBe(false);
    }
  });

  it('takes the settings of the candidates that are best on validation', async () => {
    const { params: chosen, rows, note } = await fitted;
    expect(note).toMatch(/^chosen on validation: inverse penalty \d+, share of naive Bayes [\d.]+$/);
    for (const bayesShare of [0, 0.3]) {
      const given = { ...settings, inversePenalty: chosen.inversePenalty, bayesShare };
      const other = await crossFitScratch(trainContext(), prepared, given);
      expect(other.note).toBeNull();
      expect(other.params).toEqual(given);
      expect(validationQuality(rows, prepared)).toBeGreaterThanOrEqual(validationQuality(other.rows, prepared));
    }
  });

  it('gives the first fold the files that score as in validation', async () => {
    const { firstFit, rows } = await fitted;
    const engine = await openScratchEngine(await firstFit());
    const [scores] = await engine.scores([rows[0]!.example.text]);
    Array.from(rows[0]!.scores).forEach((score, k) => expect(scores![k]).toBeCloseTo(score, 4));
    await engine.close();
  });

  it('gives a threshold that rejects the wanted share of validation messages once their logits have grown', async () => {
    const { rows, outOfScope, growth } = await fitted;
    expect(growth).toBeGreaterThan(1);
    const task = { engine: 'from-scratch', prepared, rejectShare: 0.1, growth } as const;
    const { threshold, score, rule } = fitDecision({ rows, outOfScope }, task, []).rejection;
    expect([score, rule]).toEqual(['logit', 'score']);
    const rejected = rows.filter(({ scores }) => -growth! * Math.max(...Array.from(scores)) > threshold!).length;
    expect(rejected / rows.length).toBeCloseTo(0.1, 2);
  });
});
