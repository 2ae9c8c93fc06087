import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../../contracts/dataset.js';
import { textColumn, withColumn } from '../../../learning/table.js';
import { baseline } from '../evaluation/baseline.js';
import { fixture } from '../fixtures/make-fixture.js';
import { params } from '../params.js';
import { prepare, readExamples } from './examples.js';
import { expectations } from './expectations.js';
import { intents } from './formats/intents.js';
import { messageSchema, messageTable, type LabelledMessage } from './formats/message-table.js';
import { isMultiLabel, isOutOfScope } from './label-set.js';

const dataOf = (text: string): TrainingData => ({
  schema: intents.schema,
  table: intents.layout!.parse([{ name: 'intents.csv', text }]),
});
const clean = dataOf(fixture());

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
    expect(() => dataOf('text,intent\nhello,\u200b\u00a0\n')).toThrow(
      expect.objectContaining({ code: 'INVALID_VALUE' }),
    );
  });
});
