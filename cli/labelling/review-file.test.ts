import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabelFile, requireNewFile, writeNewFile } from './review-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-review-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a review file', () => {
  it('is never overwritten', async () => {
    const file = join(folder, 'review.csv');
    await requireNewFile(file);
    await writeNewFile(file, 'id,intent\n');
    await expect(requireNewFile(file)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { file } });
    await expect(writeNewFile(file, 'x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await readFile(file, 'utf8')).toBe('id,intent\n');
  });

  it('needs an existing folder', async () => {
    await expect(requireNewFile(join(folder, 'absent', 'x.csv'))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(requireNewFile(undefined)).resolves.toBeUndefined();
  });

  it('is refused when it is not UTF-8 or not readable', async () => {
    const file = join(folder, 'latin.csv');
    await writeFile(file, Buffer.from([0x69, 0x64, 0x0a, 0xe9]));
    await expect(readLabelFile(file)).rejects.toMatchObject({ code: 'MALFORMED_FILE' });
    await expect(readLabelFile(join(folder, 'absent'))).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
    await expect(readLabelFile(folder)).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' });
  });
});
