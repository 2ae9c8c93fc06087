import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyRing, type KeyRing } from '../../platform/keys/key-ring.js';
import { copyLine, copyPieces } from './insert-rows.js';
import { createMask } from '../../learning/text/personal-data/mask-values.js';
import { type LoggedAnswer, openContent, packRow, sealAnswer, unpackRow } from './sealed-row.js';

let home: string;
let keys: KeyRing;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'ml-sealed-'));
  keys = await openKeyRing({ home, keyRingFile: null });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const answer: LoggedAnswer = {
  ...{ id: '0c9e1f9e-5a55-4d5c-9f0e-6a1f0f3b9f00', at: 1_764_500_000_000, modelName: 'm', line: 'default' },
  ...{ version: '1.0.0', stage: 'production', subject: 'u000001', features: { source: 'backend' } },
  ...{ abstained: false, latencyMs: 1.5, arm: null },
  content: { input: { income: 61_000.5, at: '2026-11-30T10:25:00Z', weights: new Float64Array([1, 2]) }, output: { p: 0.25 } }, // prettier-ignore
};

describe('sealAnswer', () => {
  it('keeps the content for those who have the key, and hides customer and content from others', () => {
    const row = sealAnswer(keys, answer);
    expect(openContent(keys, row)).toEqual(answer.content);
    expect(keys.verify('subjects', 'u000001', { version: row.subjectKey!, hash: row.subjectHash! })).toBe(true);
    const written = JSON.stringify(row) + row.sealed.toString('latin1') + copyLine(row);
    expect(written).not.toMatch(/u000001|income|61000/);
    expect(() => openContent(keys, { ...row, id: 'another' })).toThrow(expect.objectContaining({ code: 'DECRYPTION_FAILED' }) as Error); // prettier-ignore
  });

  it('keeps the values of views bit for bit, unmasked, and opens rows from before they were kept', () => {
    const valuesOfViews = { habits: new Float64Array([1, NaN, 0.1 + 0.2, 5_010_012_345]) };
    const opened = openContent(keys, sealAnswer(keys, { ...answer, content: { ...answer.content, valuesOfViews } }));
    expect(new Float64Array(opened.valuesOfViews!.habits!)).toEqual(valuesOfViews.habits);
    expect(openContent(keys, sealAnswer(keys, answer)).valuesOfViews).toBeUndefined();
  });

  it('has no hash where the request named nobody', () => {
    expect(sealAnswer(keys, { ...answer, subject: null, features: null })).toMatchObject({
      ...{ subjectHash: null, subjectKey: null, features: null },
    });
  });

  it('masks identifiers of texts, in the answer too, with and without what surrounds them', () => {
    const input = {
      text: 'debit a/c 5010012345 and card 4111 1111 1111 1111',
      history: [{ counterparty: 'xy@okaxis' }],
    };
    const output = { entities: [{ type: 'ACCOUNT', text: '5010012345' }, { value: '4111111111111111' }], n: 5 };
    const opened = openContent(keys, sealAnswer(keys, { ...answer, content: { input, output } }));
    expect(opened.input).toEqual({
      text: 'debit a/c ********** and card **** **** **** ****',
      history: [{ counterparty: '**@******' }],
    });
    expect(opened.output).toEqual({
      entities: [{ type: 'ACCOUNT', text: '**********' }, { value: '*'.repeat(16) }],
      n: 5,
    });
    expect(input.text).toMatch(/4111/);
  });

  it('survives the spool', () => {
    const row = sealAnswer(keys, answer);
    expect(unpackRow(packRow(row))).toEqual(row);
  });
});

it('copies nothing when nothing is masked', () => {
  const value = { a: [1, { b: 'food' }], c: null, d: new Date(0) };
  expect(createMask().mask(value)).toBe(value);
});

it('escapes what COPY gives a meaning', () => {
  const row = sealAnswer(keys, { ...answer, line: 'a\tb\\c\nd\r', subject: null });
  const cells = copyLine(row).slice(0, -1).split('\t');
  expect(cells).toHaveLength(13);
  expect(cells[3]).toBe('a\\tb\\\\c\\nd\\r');
  expect([cells[6], cells[7], cells[11]]).toEqual(['\\N', '\\N', '\\N']);
});

it('joins lines of COPY to few pieces', () => {
  const rows = Array.from({ length: 130 }, () => sealAnswer(keys, answer));
  const pieces = [...copyPieces(rows)];
  expect(pieces).toHaveLength(3);
  expect(pieces.join('')).toBe(rows.map(copyLine).join(''));
});
