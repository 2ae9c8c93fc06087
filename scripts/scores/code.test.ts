import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scoreCodes } from './code.js';

const GENERATOR = 'datasets/sources/backend/generator/index.ts';
const files = {
  [GENERATOR]: "import { amount } from './amount.js';\nexport const rows = [amount];\n",
  'datasets/sources/backend/generator/amount.ts': 'export const amount: number = 1;\n',
  'models/one/index.ts': "import { share } from '../../learning/share.js';\nexport const model = share;\n",
  'models/two/index.ts': "import { card } from './card.js';\nexport const model = [2, card];\n",
  'models/two/card.ts': "export const card = 'a purpose';\n",
  'learning/share.ts':
    "import { error } from '../contracts/error.js';\n/** A share. */\nexport const share = error ? 0.5 : 0;\n",
  'contracts/error.ts': "export const error = 'a';\n",
};
let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const codes = () => scoreCodes(root, ['one', 'two']);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-scores-'));
  for (const [path, text] of Object.entries(files)) write(path, text);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ['what a model imports', 'learning/share.ts', 'export const share = 0.4;', ['one']],
  ['a model', 'models/two/index.ts', 'export const model = 3;', ['two']],
  [
    'what the generator imports',
    'datasets/sources/backend/generator/amount.ts',
    'export const amount = 2;',
    ['one', 'two'],
  ],
])('changes with %s', async (_what, path, text, changed) => {
  const before = await codes();
  write(path, text);
  const after = await codes();
  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(changed);
});

it('stays when comments, types, layout and the text of a card change', async () => {
  const before = await codes();
  const start = "import { error } from '../contracts/error.js';\n// Another comment.\n";
  write('learning/share.ts', `${start}export   const share: number =\n  error ? 0.5 : 0;\n`);
  write('models/two/index.ts', `/*! kept */\nexport type Two = 2;\n${files['models/two/index.ts']}`);
  write('models/two/card.ts', "export const card = 'another purpose';\n");
  write('contracts/row.ts', "export const row = 'a';\n");
  write('contracts/error.ts', "import { row } from './row.js';\nexport const error = row;\n");
  expect(await codes()).toEqual(before);
});

it('stays when a data set says with what it compares the moment, and changes with what else it says', async () => {
  write('models/two/index.ts', 'export const model = { rows: 1, needs: {} };\n');
  const before = await codes();
  write('models/two/index.ts', "export const model = { rows: 1, comparedWithMoment: { users: ['at'] }, needs: {} };\n");
  expect(await codes()).toEqual(before);
  write('models/two/index.ts', "export const model = { rows: 1, comparedWith: { users: ['at'] }, needs: {} };\n");
  expect(await codes()).not.toEqual(before);
});
