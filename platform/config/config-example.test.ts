import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { expect, it } from 'vitest';
import { readConfig } from './config.js';
import { configEnvironment } from '../embedded/config-environment.js';
import { projectRoot } from '../project.js';

const text = readFileSync(join(projectRoot, '.env.example'), 'utf8');
const example = parse(text);

/** The settings as config.ts reads them, off its source: a name that only the schema knows is found too. */
const declared = [
  ...readFileSync(join(projectRoot, 'platform', 'config', 'config.ts'), 'utf8').matchAll(/^ {2}([A-Z_]+): /gm),
];

it('lists exactly the settings that exist', () => {
  const names = declared.map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(Object.keys(example).sort()).toEqual([...new Set(names)].sort());
});

it('shows the defaults: copying it unchanged changes nothing', () => {
  expect(readConfig(example, '/project')).toEqual(readConfig({}, '/project'));
});

it('explains every setting above its line', () => {
  const lines = text.split('\n');
  const unexplained = lines.filter((line, index) => /^[A-Z_]+=/.test(line) && !lines[index - 1]?.startsWith('# '));
  expect(unexplained).toEqual([]);
});

it('reaches child processes whole', () => {
  const handedOn = Object.keys(configEnvironment(readConfig({}, '/project')));
  expect([...handedOn, 'XDG_CACHE_HOME'].sort()).toEqual(Object.keys(example).sort());
});
