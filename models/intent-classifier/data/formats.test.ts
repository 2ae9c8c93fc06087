import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDataFile } from '../../../datasets/sources/files/read-file.js';
import { textColumn } from '../../../learning/table.js';
import { projectRoot } from '../../../platform/project.js';
import { fileFormats } from './formats.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'intents-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes files into the test's folder. @returns the absolute path of `path`. */
async function writeFiles(files: Readonly<Record<string, string>>, path = ''): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return join(folder, path);
}

const repeat = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
const codeOf = (path: string): Promise<unknown> =>
  readDataFile(path, fileFormats).then(
    () => null,
    (fault: unknown) => (fault as { code: string }).code,
  );

it('reports row and column of an invalid message in a list', async () => {
  const good = { text: 'hello', intent: 'greet' };
  const path = await writeFiles({ 'bad.json': JSON.stringify([good, { ...good, text: 12 }]) }, 'bad.json');
  await expect(readDataFile(path, fileFormats)).rejects.toMatchObject({
    code: 'INVALID_VALUE',
    details: { file: 'bad.json', row: 2, column: 'text' },
  });
});

it.each([
  ['clinc.json', '{"train": [["a", "x"], ["b"]]}', { row: 2, column: 'train' }],
  ['folds/fold0.json', '[{"text": "a"}, {"text": 5}]', { row: 2 }],
])('reports the row of an invalid entry in %s', async (name, text, place) => {
  const path = await writeFiles({ [name]: text }, name.split('/')[0]);
  await expect(readDataFile(path, fileFormats)).rejects.toMatchObject({ code: 'INVALID_VALUE', details: place });
});

async function parts(path: string): Promise<Record<string, number>> {
  const { table } = await readDataFile(path, fileFormats);
  const counts: Record<string, number> = {};
  for (const part of textColumn(table, 'part')) counts[part ?? ''] = (counts[part ?? ''] ?? 0) + 1;
  return counts;
}

describe('the layout intents', () => {
  const message = (i: number): Record<string, string> => ({ text: `message ${i}`, intent: `intent${i % 3}` });

  it('gives the same table from a document, a list, JSON Lines and CSV', async () => {
    const all = Array.from({ length: 60 }, (_, i) => message(i));
    const files = {
      'own/document.json': JSON.stringify({ messages: all }, null, 2),
      'own/list.json': JSON.stringify(all),
      'own/lines.ndjson': all.map((one) => JSON.stringify(one)).join('\n'),
      'own/table.csv': `text,intent\n${all.map((one) => `"${one.text}",${one.intent}`).join('\n')}\n`,
    };
    await writeFiles(files);
    const tables = await Promise.all(
      Object.keys(files).map(async (name) => (await readDataFile(join(folder, name), fileFormats)).table),
    );
    for (const table of tables) expect(table).toEqual(tables[0]);
    expect(tables[0]?.rowCount).toBe(60);
    const counts = await parts(join(folder, 'own/list.json'));
    expect(counts.test).toBeGreaterThan(5);
    expect(counts.train).toBeGreaterThan(25);
  });

  it.each([
    ['semicolons.csv', `text;intent\n${repeat(60, (i) => `message ${i};intent${i % 3}`)}\n`],
    ['other names.csv', `Sentence,Label\n${repeat(60, (i) => `message ${i},intent${i % 3}`)}\n`],
    ['more columns.tsv', `id\ttext\tintent\n${repeat(60, (i) => `${i}\tmessage ${i}\tintent${i % 3}`)}\n`],
    ['blank rows.csv', `text,intent\n , \n,\n${repeat(60, (i) => `message ${i},intent${i % 3}`)}\n  \n,\n`],
    ['ids.json', JSON.stringify(Array.from({ length: 60 }, (_, i) => ({ id: i, ...message(i) })))],
    [
      'names.json',
      JSON.stringify(Array.from({ length: 60 }, (_, i) => ({ utterance: message(i).text, label: message(i).intent }))),
    ],
    ['blank entries.json', JSON.stringify([{}, { text: '' }, ...Array.from({ length: 60 }, (_, i) => message(i))])],
  ])('gives the same table from %s', async (name, text) => {
    const plain = JSON.stringify(Array.from({ length: 60 }, (_, i) => message(i)));
    await writeFiles({ 'plain.json': plain, [name]: text });
    const { table, format } = await readDataFile(join(folder, name), fileFormats);
    expect(format.name).toBe('intents');
    expect(table).toEqual((await readDataFile(join(folder, 'plain.json'), fileFormats)).table);
  });

  it('leaves out messages without a label, up to a fifth, and says so', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      ...message(i),
      ...(i % 6 === 0 && { intent: null }),
      note: 1,
    }));
    const path = await writeFiles({ 'unlabelled.json': JSON.stringify(rows) }, 'unlabelled.json');
    const { table, remarks } = await readDataFile(path, fileFormats);
    expect(table.rowCount).toBe(50);
    expect(remarks).toEqual([
      'members that are not used: note',
      '10 of 60 rows have no intent (the label) and are left out',
    ]);
  });

  it('reads multi-label messages, messages without intents, parts and groups', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      text: `message ${i}`,
      intents: [['b', 'a'], [], ['a']][i % 3],
      part: i < 45 ? 'train' : 'test',
      group: `g${i % 5}`,
    }));
    const path = await writeFiles({ 'several.json': JSON.stringify(rows) }, 'several.json');
    const { table } = await readDataFile(path, fileFormats);
    expect(textColumn(table, 'intent').slice(0, 3)).toEqual(['a#b', '#', 'a']);
    expect(await parts(path)).toEqual({ train: 45, test: 15 });
  });

  it.each([
    ['[{"text": "a", "intent": "x"},', 'MALFORMED_FILE'],
    ['{"messages": 7}', 'MALFORMED_FILE'],
    ['[{"text": "  ", "intent": "x"}]', 'INVALID_VALUE'],
    ['[{"text": "a", "intent": ""}]', 'INVALID_VALUE'],
    ['[{"text": "a", "intent": 3}]', 'INVALID_VALUE'],
    ['[{"text": "a", "intent": "x", "intents": ["x"]}]', 'INVALID_VALUE'],
    ['[{"text": "a", "intent": "x", "part": "tests"}]', 'INVALID_VALUE'],
    ['[{"text": "a", "intent": "x", "extra": 1}]', 'TOO_FEW_ROWS'],
    ['text,intent\na,\nb,\nc,x\n', 'INVALID_VALUE'],
    [`[{"text": "${'a'.repeat(20_001)}", "intent": "x"}]`, 'INVALID_VALUE'],
    ['[{"text": "a", "intent": "x"}, null]', 'INVALID_VALUE'],
    ['text,intent\n"a,x\n', 'MALFORMED_FILE'],
    ['text,intent\na,x,y\n', 'MALFORMED_FILE'],
    ['text,intent\n,x\n', 'INVALID_VALUE'],
    ['[{"text": "a", "intent": "x"}]', 'TOO_FEW_ROWS'],
    ['one,two\na,b\n', 'UNKNOWN_FORMAT'],
  ])('rejects case %#', async (text, code) => {
    expect(await codeOf(await writeFiles({ 'bad.json.txt': text }, 'bad.json.txt'))).toBe(code);
  });
});

describe('layouts of public data sets', () => {
  const banking = (delimiter: string): string =>
    `text${delimiter}category\n${repeat(60, (i) => `message ${i}${delimiter}intent${i % 3}`)}\n`;

  it.each([',', ';', '\t', '|'])('reads text and category between %j', async (delimiter) => {
    const path = await writeFiles({ 'banking.csv': banking(delimiter) }, 'banking.csv');
    const { table, format } = await readDataFile(path, fileFormats);
    expect([format.name, table.rowCount]).toEqual(['banking77', 60]);
    expect(textColumn(table, 'intent').slice(0, 3)).toEqual(['intent0', 'intent1', 'intent2']);
  });

  it.each([
    ['a row of delimiters', `${banking(',')},\n`, ['blank rows that were skipped: 1']],
    ['empty lines', banking(',').replace('message 9', '\n\nmessage 9'), ['blank rows that were skipped: 2']],
    [
      'no label in some rows',
      `${banking(',')}one,\ntwo,\n`,
      ['2 of 62 rows have no intent (the label) and are left out'],
    ],
  ])('leaves out %s with a remark', async (_, text, remarks) => {
    const path = await writeFiles({ 'banking.csv': text }, 'banking.csv');
    const found = await readDataFile(path, fileFormats);
    expect([found.table.rowCount, found.remarks]).toEqual([60, remarks]);
  });

  it('refuses many blank rows, and names the first line of a broken record', async () => {
    const path = await writeFiles({ 'banking.csv': banking(',').replaceAll('\n', '\n,\n') }, 'banking.csv');
    await expect(readDataFile(path, fileFormats)).rejects.toThrow(/of \d+ rows are blank, wanted at most 10 %/);
    const broken = `text,category\r\n"a\r\nb",x\r\n"c\r\nd"\r\n${banking(',')}`;
    await writeFiles({ 'banking.csv': broken });
    await expect(readDataFile(path, fileFormats)).rejects.toMatchObject({ details: { line: 4 } });
  });

  it('reads texts and labels from line pairs in folders of parts', async () => {
    await writeFiles({
      'pairs/train/seq.in': `${repeat(50, (i) => `text ${i}`)}\n`,
      'pairs/train/label': `${repeat(50, (i) => `intent${i % 2}`)}\n`,
      'pairs/test/seq.in': 'one\ntwo\n',
      'pairs/test/label': 'intent0\nintent1\n',
    });
    expect(await parts(join(folder, 'pairs'))).toEqual({ train: 50, test: 2 });
    await writeFiles({ 'pairs/test/label': 'intent0\n' });
    expect(await codeOf(join(folder, 'pairs'))).toBe('MALFORMED_FILE');
    await writeFiles({ 'lone/train/seq.in': 'a\n' });
    expect(await codeOf(join(folder, 'lone'))).toBe('MISSING_COLUMN');
  });

  it('reads blocks of tagged tokens and uses the validation part for training without a training file', async () => {
    const block = (i: number): string => `play O\nsong B-music${i}\n${i % 2 === 0 ? 'Play#Add' : 'Play'}\n`;
    await writeFiles({ 'mix/dev.txt': repeat(45, block), 'mix/test.txt': repeat(5, block) });
    expect(await parts(join(folder, 'mix'))).toEqual({ train: 45, test: 5 });
    const { table } = await readDataFile(join(folder, 'mix'), fileFormats);
    expect([textColumn(table, 'text')[0], textColumn(table, 'intent')[0]]).toEqual(['play song', 'Add#Play']);
    await writeFiles({ 'mix/test.txt': 'play O\nPlay\n\nplay O\nsong B-music\n\n' });
    await expect(readDataFile(join(folder, 'mix'), fileFormats)).rejects.toMatchObject({
      code: 'MALFORMED_FILE',
      details: { line: 4 },
    });
  });

  it('reads CLINC150, NLU++ folds and Hinglish-TOP', async () => {
    const pairs = (count: number, intent: string) =>
      Array.from({ length: count }, (_, i) => [`text ${i}`, `${intent}${i % 2}`]);
    const clinc = { oos_val: [['huh', 'oos']], train: pairs(50, 'a'), val: pairs(4, 'a'), test: pairs(6, 'a') };
    const clincPath = await writeFiles({ 'clinc.json': JSON.stringify(clinc, null, 2) }, 'clinc.json');
    expect(await parts(clincPath)).toEqual({ train: 50, validation: 5, test: 6 });
    const fold = JSON.stringify(
      Array.from({ length: 25 }, (_, i) => ({ text: `t${i}`, intents: i % 2 ? ['a', 'b'] : [] })),
    );
    await writeFiles({
      'nlu/fold0.json': fold,
      'nlu/fold2.json': fold,
      'nlu/fold13.json': fold,
      'nlu/ontology.json': '{}',
    });
    expect(await parts(join(folder, 'nlu'))).toEqual({ train: 50, test: 25 });
    const row = (i: number): string => `q\tkal ka alarm ${i}\t[IN:X ]\t[IN:${i % 2 ? 'GET' : 'SET'}_ALARM kal ]\talarm`;
    const header = 'en_query\tcs_query\ten_parse\tcs_parse\tdomain';
    await writeFiles({
      'top/train.tsv': `${header}\n${repeat(50, row)}`,
      'top/validation.tsv': `${header}\n${repeat(6, row)}`,
    });
    expect(await parts(join(folder, 'top'))).toEqual({ train: 50, test: 6 });
  });
});

const data = join(projectRoot, '../shared/data/intent');

describe.skipIf(!existsSync(data))('public intent data (needs ../shared/data/intent)', () => {
  it.each([
    ['clinc150/data_full.json.gz', 'clinc150', { train: 15_100, validation: 3_100, test: 5_500 }, 151],
    ['banking77', 'banking77', { train: 10_003, test: 3_080 }, 77],
    ['hwu64', 'hwu64', { train: 8_954, validation: 1_076, test: 1_076 }, 64],
    ['snips-mixsnips/SNIPS', 'snips', { train: 13_084, validation: 700, test: 700 }, 7],
    ['snips-mixsnips/MixSNIPS_clean', 'snips', { train: 2_198, test: 2_199 }, null],
    ['nlupp-banking', 'nlupp', null, null],
    ['hinglish-top', 'hinglish-top', { train: 2_993, test: 1_390 }, 60],
  ])('reads %s', async (path, format, wanted, classes) => {
    const { table, format: found } = await readDataFile(join(data, path), fileFormats);
    expect(found.name).toBe(format);
    if (wanted) expect(await parts(join(data, path))).toEqual(wanted);
    if (classes) expect(new Set(textColumn(table, 'intent')).size).toBe(classes);
    expect(table.rowCount).toBeGreaterThan(1500);
  });
});
