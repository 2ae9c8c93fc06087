import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeVersionOf } from './code-version.js';

const commit = '3f2a9c1'.padEnd(40, '0');

describe('codeVersionOf', () => {
  let root: string;
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ml-version-'));
    await write('package.json', '{"version":"1.2.3"}');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('returns the package version outside a checkout', () => {
    expect(codeVersionOf(root)).toBe('1.2.3');
  });

  it.each([
    ['a loose branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${commit}\n` }],
    [
      'a packed branch',
      { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack\n${commit} refs/heads/main\n` },
    ],
    ['a detached head', { '.git/HEAD': `${commit}\n` }],
  ])('adds the commit of %s', async (_what, files) => {
    for (const [path, text] of Object.entries(files)) await write(path, text);
    expect(codeVersionOf(root)).toBe('1.2.3+3f2a9c1');
  });

  it('omits a commit that cannot be found', async () => {
    await write('.git/HEAD', 'ref: refs/heads/gone\n');
    expect(codeVersionOf(root)).toBe('1.2.3');
  });
});
