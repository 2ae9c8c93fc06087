import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { expect, it } from 'vitest';
import { readConfig } from './config.js';
import { configEnvironment } from '../embedded/config-environment.js';
import { projectRoot } from '../project.js';

const text = readFileSync(join(projectRoot, '.env.example'), 'utf8');
const example = parse(text);

/** Names of the settings, read from the source of config.ts so that a name used only in the schema is found too. */
const declared = [
  ...readFileSync(join(projectRoot, 'platform', 'config', 'config.ts'), 'utf8').matchAll(/^ {2}([A-Z_]+): /gm),
];

it('.env.example lists exactly the settings in config.ts', () => {
  const names = declared.map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(Object.keys(example).sort()).toEqual([...new Set(names)].sort());
});

it('.env.example contains the default values', () => {
  expect(readConfig(example, '/project')).toEqual(readConfig({}, '/project'));
});

it('.env.example has a comment above every setting', () => {
  const lines = text.split('\n');
  const unexplained = lines.filter((line, index) => /^[A-Z_]+=/.test(line) && !lines[index - 1]?.startsWith('# '));
  expect(unexplained).toEqual([]);
});

it('configEnvironment passes every setting to child processes', () => {
  const passed = Object.keys(configEnvironment(readConfig({}, '/project')));
  expect([...passed, 'XDG_CACHE_HOME'].sort()).toEqual(Object.keys(example).sort());
});
