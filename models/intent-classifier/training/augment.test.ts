import { describe, expect, it } from 'vitest';
import { trainContext } from '../../../tests/support/check-model.js';
import { augmented, fitAugmented } from './augment.js';
import type { EngineTask, FitEngine } from './engine.js';
import type { Example } from '../data/examples.js';
import { fitScratch } from './scratch-engine.js';
import { params } from '../params.js';

const OBJECTS = { card: 'card_block', loan: 'loan_status', bill: 'pay_bill', rent: 'send_money' };
const FILLERS = ['please now', 'today for me', 'hello could you', 'as soon as possible'];

/** Each message hangs on one word, short enough that most of its misspellings are seen. */
const messages = (rows: number): Example[] =>
  Array.from({ length: rows }, (_, i) => {
    const [object, intent] = Object.entries(OBJECTS)[i % 4]!;
    return { text: `${FILLERS[(i >> 2) % 4]!} ${object} ${i}`, intents: [intent], outOfScope: false };
  });

function taskOf(settings: Readonly<Record<string, unknown>>, rows = 800): EngineTask {
  const classes = Object.values(OBJECTS).sort();
  const all = messages(rows);
  const [examples, validation] = [all.slice(0, rows / 2), all.slice(rows / 2)];
  return { classes, several: false, examples, outsiders: [], validation, params: params.parse(settings) };
}

/** The engine itself, and how many messages each fit got. */
function counted(): { readonly fit: FitEngine; readonly sizes: number[] } {
  const sizes: number[] = [];
  const fit: FitEngine = (context, task) => {
    sizes.push(task.examples.length);
    return fitScratch(context, task);
  };
  return { fit, sizes };
}

describe('augmentation', () => {
  it('adds changed copies, not unchanged ones', () => {
    const two = messages(2);
    const half = augmented(two, [(text) => (text.includes('card') ? `${text}!` : text)], 1);
    expect(half.map(({ text }) => text)).toEqual([two[0]!.text, two[1]!.text, `${two[0]!.text}!`]);
  });

  it('is kept where it gains: words alone cannot read typos they never saw; what was kept is not fitted again', async () => {
    const task = taskOf({ letterGrams: 0, wordGrams: 1 });
    const { fit, sizes } = counted();
    const { variants, note, files } = await fitAugmented(trainContext(), task, fit);
    expect(variants).toHaveLength(1);
    expect(note).toMatch(/^training messages with typos added: \+\d+\.\d points/);
    expect(sizes).toHaveLength(3);
    const examples = augmented(task.examples, variants, trainContext().seed);
    expect(files).toEqual(await fitScratch(trainContext(), { ...task, examples }));
  });

  it('ends with the first kind that does not gain, and gives back the plain fit', async () => {
    const plain = taskOf({ letterGrams: 0 });
    // Messages of unknown words: nothing that copies could teach makes them readable.
    const task = { ...plain, validation: plain.validation.map((example) => ({ ...example, text: 'zzzz qqqq' })) };
    const { fit, sizes } = counted();
    const { variants, note, files } = await fitAugmented(trainContext(), task, fit);
    expect([variants, note, sizes.length]).toEqual([[], null, 2]);
    expect(files).toEqual(await fitScratch(trainContext(), task));
  });

  it.each([
    ['is not wanted', taskOf({ augmentation: 'none' })],
    ['cannot be judged on so few', taskOf({}, 200)],
    ['has several intents a message', { ...taskOf({}), several: true }],
  ])('is not tried where it %s', async (_, task) => {
    const { fit, sizes } = counted();
    expect((await fitAugmented(trainContext(), task, fit)).variants).toEqual([]);
    expect(sizes).toEqual([task.examples.length]);
  });
});
