import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeHashes } from './code-hashes.mjs';

let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const own = (path: string) => ({ path, kind: 'import-statement' as const });
const outside = (path: string) => ({ ...own(path), external: true });
const inputs = {
  'fit.ts': { bytes: 1, imports: [own('trees.ts'), outside('onnxruntime-node'), outside('node:fs')] },
  'trees.ts': { bytes: 1, imports: [{ path: 'lazy.ts', kind: 'dynamic-import' as const }] },
  'lazy.ts': { bytes: 1, imports: [own('fit.ts'), own('<define:navigator>')] },
  'cli.ts': { bytes: 1, imports: [own('fit.ts')] },
  '<define:navigator>': { bytes: 1, imports: [] },
};
const hashOf = (module: string): string => codeHashes(root, inputs, [module])[module]!;
const lock = (version: string): string =>
  JSON.stringify({ packages: { 'node_modules/onnxruntime-node': { version } } });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ml-hashes-'));
  for (const path of ['fit.ts', 'trees.ts', 'lazy.ts', 'cli.ts']) write(path, path);
  write('package-lock.json', lock('1.30.0'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ['the module', 'fit.ts', 'changed'],
  ['one that it imports on use', 'lazy.ts', 'changed'],
  ['the version of a package that it reaches', 'package-lock.json', lock('1.31.0')],
])('changes with %s', (_what, path, text) => {
  const before = hashOf('fit');
  write(path, text);
  expect(hashOf('fit')).not.toBe(before);
});

it('stays when a module changes that only others reach', () => {
  const before = hashOf('fit');
  write('cli.ts', 'changed');
  expect(hashOf('fit')).toBe(before);
});

it('refuses a module that is not in the build', () => {
  expect(() => hashOf('other')).toThrow('other.ts is not part of the build');
});
