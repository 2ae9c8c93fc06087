import { describe, expect, it } from 'vitest';
import { model } from '../../models/intent-classifier/index.js';
import { chooseMessages } from './choose-messages.js';
import { requireKnownLabels } from './known-labels.js';
import { readLabels, writeReview } from './label-file.js';
import { labelSql } from './take-labels.js';

const answer = (first: number, second: number) => ({
  intent: 'a',
  confidence: first,
  intents: [{ intent: 'b' }, { intent: 'a' }],
  classes: [
    { intent: 'a', probability: first },
    { intent: 'b', probability: second },
  ],
});

const { labelling } = model;
if (labelling?.kind !== 'messages') throw new Error('the intent classifier learns from labelled messages');
const suggest = labelling.suggest;
const suggestions = (answers: readonly unknown[], multiLabel = false) =>
  answers.map((output) => suggest(output, { names: ['a', 'b'], multiLabel }));

describe('chooseMessages', () => {
  const messages = ['block my card', 'block my card', 'what is my balance', 'hello'].map((text, i) => ({
    id: `m${i}`,
    text,
  }));
  const answers = [answer(0.4, 0.38), answer(0.4, 0.38), answer(0.6, 0.3), answer(0.9, 0.05)];

  it('prefers small margins and takes one of equal texts', () => {
    const chosen = chooseMessages(messages, suggestions(answers), 2);
    expect(chosen.map(({ id }) => id)).toEqual(['m0', 'm2']);
    expect(chosen[0]).toMatchObject({ suggestion: 'a', second: 'b', confidence: 0.4 });
    expect(chooseMessages([], [], 5)).toEqual([]);
  });

  it('orders by the confidence of the whole list where messages have several intents', () => {
    // In the first answer both intents are probable: a small margin, but a sure list.
    const sure = { ...answer(0.99, 0.98), confidence: 0.95 };
    const unsure = { ...answer(0.9, 0.1), confidence: 0.4 };
    const chosen = chooseMessages(messages.slice(1, 3), suggestions([sure, unsure], true), 1);
    expect(chosen).toMatchObject([{ id: 'm2', suggestion: 'a#b', second: '', confidence: 0.4 }]);
  });

  it('reads labels from its own CSV once it is filled in', () => {
    const [first, ...others] = chooseMessages(
      [{ id: 'm,1', text: 'say "hi",\nplease' }, ...messages.slice(1)],
      suggestions(answers),
      3,
    );
    const csv = writeReview([first!, ...others]);
    expect(readLabels(csv, 'review.csv')).toEqual([]);
    expect(readLabels(csv.replace(/,0\.400,$/m, ',0.400,greet'), 'review.csv')).toEqual([
      { id: 'm,1', intent: 'greet', row: 1 },
    ]);
  });

  it('refuses an unknown intent, also as one of several', () => {
    const labels = readLabels('id,intent\n1,greet\n2,\n3,greet#loan\n4,#\n', 'labels.csv');
    const check = (known: string[]) => () => {
      requireKnownLabels(labels, labelling, { file: 'labels.csv', known, allow: '--new-intent <name>' });
    };
    expect(check(['greet', 'loan'])).not.toThrow();
    expect(check(['greet', 'loans'])).toThrow(/row 3, column "intent": found the unknown intent "loan".*"loans"/);
  });

  it('refuses files that hold no labels, or two for one message', () => {
    const code = (text: string): unknown => {
      try {
        readLabels(text, 'labels.csv');
        return null;
      } catch (fault) {
        return (fault as { code: string }).code;
      }
    };
    expect(code('')).toBe('FILE_EMPTY');
    expect(code('id,label\n1,a\n')).toBe('MISSING_COLUMN');
    expect(code('id,intent\n1,a\n1,b\n')).toBe('INVALID_VALUE');
    expect(code('id,intent\n"1,a\n')).toBe('MALFORMED_FILE');
    expect(code('id,intent\n1,a\n2,\n')).toBeNull();
  });

  it('quotes values in SQL', () => {
    expect(labelSql([{ id: "x'y", intent: 'greet' }])[0]).toContain(
      "where id = 'x''y' and intent is distinct from 'greet';",
    );
  });
});
