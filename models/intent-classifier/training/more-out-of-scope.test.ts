import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
import { addTypos } from '../../../learning/text/augmentation/index.js';
import { trainContext } from '../../../tests/support/check-model.js';
import { exampleRows } from '../data/example-rows.js';
import { isOutOfScope } from '../data/label-set.js';
import { messageSchema, messageTable, type LabelledMessage, type Part } from '../data/formats/message-table.js';
import { params } from '../params.js';
import { openPredictor } from '../prediction/predictor.js';
import { train } from './train.js';

/** 20 messages of each of six intents, so that 40 out-of-scope messages are a class. */
const IN_SCOPE = 120;
const COUNTS = [25, 39, 40, 45, 100];
const TEST = 250;
const TYPOS = 0.12;
/** Frames of out-of-scope messages that training never sees. */
const UNSEEN = /-(?:[6-9]|1[01])$/;

const random = createRandom(11);
const rows = exampleRows(8000, 5).map((row) => ({ ...row, text: addTypos(row.text, TYPOS, random) }));
const outOfScope = rows.filter(({ intent, group }) => isOutOfScope(intent) && group.startsWith(intent));
const inScope = rows.filter(({ intent }) => !isOutOfScope(intent)).slice(0, IN_SCOPE);
const seen = outOfScope.filter(({ group }) => !UNSEEN.test(group));
const tested = outOfScope.filter(({ group }) => UNSEEN.test(group)).slice(0, TEST);

/** Training messages with this many out of scope, in one part. @param part - null = the model divides them itself. */
function messages(count: number, part: Part | null): LabelledMessage[] {
  const others = seen.slice(0, count).map((row) => ({ ...row, part }));
  return [...inScope.map((row, i) => ({ ...row, part: part && (i % 5 === 0 ? part : 'train') })), ...others];
}

/** (tested,) 1 where an out-of-scope message of an unseen frame is rejected. */
async function rejections(count: number, part: Part | null): Promise<number[]> {
  const data = { schema: messageSchema('growing'), table: messageTable(messages(count, part)) };
  const predictor = await openPredictor(await train(trainContext(), data, params.parse({ augmentation: 'none' })));
  const answers = await predictor.predict(tested.map(({ text }) => ({ text })));
  await predictor.close();
  return answers.map(({ outOfScope: { rejected } }) => Number(rejected));
}

describe('recall of out-of-scope messages as more of them are learned from', () => {
  it.each([
    ['divided by the model', null],
    ['in the validation part', 'validation'],
  ] as const)('never falls by more than noise: %s', async (_, part) => {
    const found: number[][] = [];
    for (const count of COUNTS) found.push(await rejections(count, part));
    for (const [i, more] of found.slice(1).entries()) {
      const { mean: gain, standardError } = pairedGain(more, found[i]!);
      expect(gain, `${COUNTS[i + 1]} messages`).toBeGreaterThanOrEqual(-2 * standardError);
    }
  });
});
