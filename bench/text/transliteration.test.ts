import { expect, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import { textColumn } from '../../learning/table.js';
import { nerJson } from '../../models/financial-ner/data/formats/ner-json.js';
import { textTable } from '../../models/financial-ner/data/text-table.js';
import { inLatinLetters, transliterate } from './transliteration.js';

it('writes Devanagari in Latin letters and leaves the rest', () => {
  expect(transliterate('नमस्ते दिल्ली, ok १२').text).toBe('namaste dillee, ok 12');
});

it('moves annotations along', () => {
  const text = 'मैं दिल्ली में हूँ';
  const start = text.indexOf('दिल्ली');
  const spans = [{ type: 'LOC', start, end: start + 'दिल्ली'.length }];
  const data: TrainingData = { schema: nerJson.schema, table: textTable([{ text, spans }]) };
  const { table } = inLatinLetters(data);
  const [cell, written] = [textColumn(table, 'entities')[0]!, textColumn(table, 'text')[0]!];
  const [from, to] = cell.split(':').map(Number);
  expect(written.slice(from, to)).toBe('dillee');
});
