import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readJsonInput } from './json-input.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-input-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'input.json');
  await writeFile(path, content);
  return `@${path}`;
}

it('reads a file in any script, with or without a byte order mark', async () => {
  expect(await readJsonInput(await fileOf('{"text":"कार्ड 🙂"}'))).toEqual({ text: 'कार्ड 🙂' });
  expect(await readJsonInput(await fileOf('\ufeff{"text":"a"}'))).toEqual({ text: 'a' });
});

it('refuses bytes that are not UTF-8', async () => {
  const bytes = new Uint8Array([...Buffer.from('{"text":"pay '), 0xff, 0xfe, ...Buffer.from('"}')]);
  await expect(readJsonInput(await fileOf(bytes))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('UTF-8') as unknown,
  });
});

it('names the source of text that is not JSON and the file that cannot be read', async () => {
  await expect(readJsonInput('{"a":')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(readJsonInput(`@${folder}/absent.json`)).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
});
