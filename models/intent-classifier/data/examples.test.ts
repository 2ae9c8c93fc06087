import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { textColumn, withColumn } from '../../../learning/table.js';
import { baseline } from '../evaluation/baseline.js';
import { fixtureMessages } from '../fixtures/make-fixture.js';
import { params } from '../params.js';
import { prepare, readExamples } from './examples.js';
import { expectations } from './expectations.js';
import { intents } from './formats/intents.js';
import { messageSchema, messageTable, type LabelledMessage } from './formats/message-table.js';
import { isMultiLabel, isOutOfScope } from './label-set.js';

const dataOf = (messages: readonly LabelledMessage[]): TrainingData => ({
  schema: intents.schema,
  table: messageTable(messages),
});
const clean = dataOf(fixtureMessages());

/** The fixture with every third label rewritten. */
function withLabels(rewrite: (label: string) => string): TrainingData {
  const values = textColumn(clean.table, 'intent').map((label, row) => (row % 3 === 0 ? rewrite(label!) : label));
  return { ...clean, table: withColumn(clean.table, 'intent', { kind: 'text', values }) };
}

const findings = (data: TrainingData): string[] => expectations.flatMap((expectation) => expectation.check(data) ?? []);

describe('labels in normal form', () => {
  it.each([
    ['a trailing blank', (label: string) => `${label} `],
    ['a leading tab', (label: string) => `\t${label}`],
    ['a no-break space', (label: string) => `${label}\u00a0`],
    ['a zero-width space', (label: string) => `\u200b${label}`],
    [
      'full-width letters',
      (label: string) => label.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
    ],
  ])('reads labels with %s in every third row as those without', (_name, rewrite) => {
    const dirty = withLabels(rewrite);
    expect(readExamples(dirty)).toEqual(readExamples(clean));
    expect(prepare(dirty, params.parse({})).classes).toEqual(prepare(clean, params.parse({})).classes);
    expect(baseline(dirty, dirty)).toEqual(baseline(clean, clean));
    expect(findings(dirty)).toEqual([]);
    expect(prepare(dirty, params.parse({})).notes.join()).toMatch(/^160 of 480 labels were read without blanks/);
  });

  it('refuses labels that differ in case, and lists them with their counts', () => {
    const dirty = withLabels((label) => label.toUpperCase());
    expect(findings(dirty).join()).toMatch(
      /names that differ in case or blanks only: "BLOCK_CARD" \(\d+\) and "block_card" \(\d+\)/,
    );
    const allowed = expectations.map((expectation) => expectation.check(dirty, { suspiciousLabels: 'allowed' }));
    expect(allowed.every((finding) => finding === null)).toBe(true);
    expect(prepare(dirty, params.parse({})).notes.join()).toContain('differ in case or blanks');
  });

  it('refuses an intent with one message', () => {
    const messages = Array.from({ length: 60 }, (_, i): LabelledMessage => {
      return { text: `message ${i}`, intent: i === 0 ? 'refund' : ['block', 'transfer'][i % 2]!, part: 'train' };
    });
    const data = { schema: messageSchema('x'), table: messageTable(messages) };
    expect(findings(data).join()).toContain('a single example: "refund"');
  });

  it('recognises out of scope and several labels in any way of writing', () => {
    for (const label of ['OOS', ' out_of_scope', 'out-of-scope\u200b', 'ｏｏｓ'])
      expect(isOutOfScope(label)).toBe(true);
    expect(isMultiLabel(['a＃b'])).toBe(true);
  });

  it('refuses a label of invisible characters', () => {
    const document = { name: 'a.json', text: JSON.stringify([{ text: 'hello', intent: '\u200b\u00a0' }]) };
    expect(() => intents.layout!.parse([document])).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
  });
});

describe('out-of-scope messages', () => {
  /** 30 messages of each of four intents, and out-of-scope ones in one part. */
  function messages(outOfScope: number, part: LabelledMessage['part']): TrainingData {
    const inScope = Array.from({ length: 120 }, (_, i): LabelledMessage => {
      return {
        text: `intent ${i % 4} message ${i}`,
        intent: `intent${i % 4}`,
        part: i % 5 === 0 ? 'validation' : 'train',
      };
    });
    const others = Array.from({ length: outOfScope }, (_, i): LabelledMessage => {
      return { text: `weather joke ${i}`, intent: 'oos', part };
    });
    return { schema: messageSchema('few'), table: messageTable([...inScope, ...others]) };
  }

  it.each([1, 40, 59, 60, 61, 728])(
    'keeps all of %i in the validation part for choosing the rejection score',
    (count) => {
      const { classes, outOfScopeValidation, folds, notes } = prepare(messages(count, 'validation'), params.parse({}));
      expect(classes).not.toContain('oos');
      expect(outOfScopeValidation).toHaveLength(count);
      expect(folds[0].validation.some(({ outOfScope }) => outOfScope)).toBe(false);
      expect(notes.join()).toContain(`${count} out-of-scope messages choose the rejection score`);
    },
  );

  it('makes those of the training part a class from twice a usual intent on, and loses none before', () => {
    // 24 training messages an intent.
    const few = prepare(messages(47, 'train'), params.parse({}));
    expect(few.outOfScopeTraining).toHaveLength(47);
    const many = prepare(messages(48, 'train'), params.parse({}));
    expect(many.classes).toContain('oos');
    expect(many.folds[0].fit.filter(({ outOfScope }) => outOfScope)).toHaveLength(48);
    expect(many.outOfScopeTraining).toEqual([]);
    expect(many.notes.join()).toContain('48 out-of-scope messages are a class of their own');
  });
});
