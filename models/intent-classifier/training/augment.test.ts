import { describe, expect, it } from 'vitest';
import { trainContext } from '../../../tests/support/check-model.js';
import { augment, fitAugmented } from './augment.js';
import type { EngineTask, FitEngine } from './engine.js';
import type { Example } from '../data/examples.js';
import { fitScratchEngine } from './scratch-engine.js';
import { params } from '../params.js';

const OBJECTS = { card: 'card_block', loan: 'loan_status', bill: 'pay_bill', rent: 'send_money' };
const FILLERS = ['please now', 'today for me', 'hello could you', 'as soon as possible'];

/** Messages whose intent depends on one short word. */
const messages = (rows: number): Example[] =>
  Array.from({ length: rows }, (_, i) => {
    const [object, intent] = Object.entries(OBJECTS)[i % 4]!;
    return { text: `${FILLERS[(i >> 2) % 4]!} ${object} ${i}`, intents: [intent], outOfScope: false };
  });

function taskOf(settings: Readonly<Record<string, unknown>>, rows = 800): EngineTask {
  const classes = Object.values(OBJECTS).sort();
  const all = messages(rows);
  const [examples, validation] = [all.slice(0, rows / 2), all.slice(rows / 2)];
  return { classes, multiLabel: false, examples, outOfScope: [], validation, params: params.parse(settings) };
}

/** The engine with a record of the number of messages of each fit. */
function countingEngine(): { readonly fit: FitEngine; readonly sizes: number[] } {
  const sizes: number[] = [];
  const fit: FitEngine = (context, task) => {
    sizes.push(task.examples.length);
    return fitScratchEngine(context, task);
  };
  return { fit, sizes };
}

describe('augment', () => {
  it('adds changed copies only', () => {
    const examples = messages(2);
    const augmentedExamples = augment(examples, [(text) => (text.includes('card') ? `${text}!` : text)], 1);
    expect(augmentedExamples.map(({ text }) => text)).toEqual([
      examples[0]!.text,
      examples[1]!.text,
      `${examples[0]!.text}!`,
    ]);
  });
});

describe('fitAugmented', () => {
  it('keeps typos when they help a word-only model, without fitting the result again', async () => {
    const task = taskOf({ letterGrams: 0, wordGrams: 1 });
    const { fit, sizes } = countingEngine();
    const { variants, note, files } = await fitAugmented(trainContext(), task, fit);
    expect(variants).toHaveLength(1);
    expect(note).toMatch(/^training messages with typos added: \+\d+\.\d points/);
    expect(sizes).toHaveLength(3);
    const examples = augment(task.examples, variants, trainContext().seed);
    expect(files).toEqual(await fitScratchEngine(trainContext(), { ...task, examples }));
  });

  it('stops at the first kind without a gain and returns the fit without augmentation', async () => {
    const plain = taskOf({ letterGrams: 0 });
    // Validation messages of unknown words, on which no augmentation can gain.
    const task = { ...plain, validation: plain.validation.map((example) => ({ ...example, text: 'zzzz qqqq' })) };
    const { fit, sizes } = countingEngine();
    const { variants, note, files } = await fitAugmented(trainContext(), task, fit);
    expect([variants, note, sizes.length]).toEqual([[], null, 2]);
    expect(files).toEqual(await fitScratchEngine(trainContext(), task));
  });

  it.each([
    ['it is switched off', taskOf({ augmentation: 'none' })],
    ['there are too few validation messages', taskOf({}, 200)],
    ['the task is multi-label', { ...taskOf({}), multiLabel: true }],
  ])('fits once without augmentation when %s', async (_, task) => {
    const { fit, sizes } = countingEngine();
    expect((await fitAugmented(trainContext(), task, fit)).variants).toEqual([]);
    expect(sizes).toEqual([task.examples.length]);
  });
});
