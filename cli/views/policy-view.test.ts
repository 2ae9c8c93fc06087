import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createOutput } from '../output/output.js';
import type { CliContext } from '../program/context.js';
import { policyInput, underPolicy } from '../program/policy-input.js';
import { showPolicy } from './policy-view.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-policy-view-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function policyFile(tables: object, lines: object = {}): string {
  const path = join(folder, 'policy.json');
  writeFileSync(path, JSON.stringify({ tables, lines }));
  return path;
}

/** What `ml data policy` prints, and its exit code. */
async function run(options: { readonly policy?: string }, dataPolicyFile: string | null = null) {
  let [text, code] = ['', 0];
  const stdout = { write: (part: string) => void (text += part) };
  const out = createOutput({ stdout, stderr: stdout }, { json: false, verbose: false, terminal: { NO_COLOR: '1' } });
  const cli = { out, config: { dataPolicyFile }, exitWith: (wanted: number) => void (code = wanted) };
  await showPolicy(cli as unknown as CliContext, options);
  return { text, code };
}

it('lists columns with their readers, and every model learns without a policy', async () => {
  const { text, code } = await run({});
  expect(code).toBe(0);
  expect(text).toContain('no policy: every column is kept');
  expect(text).toMatch(/users\.city +keep +mask, hash, drop +–/);
  expect(text).toMatch(/chat_messages\.text +keep .*financial-ner; intent-classifier \(mask will do\)/);
  expect(text).toContain('every model can learn');
});

it('says which models could not learn, and ends with 2 when features could not be computed', async () => {
  const masked = await run({ policy: policyFile({ chat_messages: { text: 'mask' } }) });
  expect(masked.code).toBe(0);
  expect(masked.text).toMatch(/✗ financial-ner cannot do without chat_messages\.text.* says mask; allowed: keep/);
  expect(masked.text).not.toContain('✗ intent-classifier');
  const features = await run({}, policyFile({ loans: { annual_rate: 'drop' } }));
  expect(features.code).toBe(2);
  expect(features.text).toContain('✗ feature view credit-risk cannot do without loans.annual_rate');
});

it('is given to workflows by --policy, and to files by the setting too', async () => {
  const policy = policyFile({}, { shop: { note: 'hash' } });
  expect(await policyInput({})).toEqual({});
  expect(await policyInput({ policy })).toEqual({ policy: { tables: {}, lines: { shop: { note: 'hash' } } } });
  const schema = { line: 'shop', key: 'key', label: 'label', features: [], split: { kind: 'given', column: 'part' } };
  const columns = [{ name: 'note', type: 'text', description: '' }];
  const table = { rowCount: 1, columns: { note: { kind: 'text', values: ['Asha'] } } };
  const file = { format: { schema: { ...schema, columns } }, table, remarks: [] } as never;
  const cli = (dataPolicyFile: string | null) =>
    ({ config: { dataPolicyFile, home: folder, keyRingFile: null } }) as unknown as CliContext;
  const model = { modelName: 'a-model' };
  expect(await underPolicy(cli(null), file, model)).toBe(file);
  const hashed = await underPolicy(cli(policy), file, model);
  expect(hashed.table.columns.note?.values[0]).toMatch(/^[0-9a-f]{16}$/);
});
