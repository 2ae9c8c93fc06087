import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { projectRoot } from '../../platform/project.js';
import { collect, type CliRun, commandEnvironment } from './run-cli.js';

/** The shell scripts of one section of the README, in order. @param title - of the section. */
export function readmeScripts(title: string): readonly string[] {
  const [, section] = readFileSync(join(projectRoot, 'README.md'), 'utf8').split(`## ${title}\n`);
  if (section === undefined) throw new Error(`README.md has no section "${title}"`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, script = '']) => script);
}

/** Stands for PostgreSQL's client, which not every machine has: `psql <url> -f <file>`. */
const psql = `#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { Client } = createRequire(${JSON.stringify(join(projectRoot, 'package.json'))})('pg');
const [url, , file] = process.argv.slice(2);
const client = new Client({ connectionString: url });
await client.connect();
await client.query(readFileSync(file, 'utf8'));
await client.end();
`;

/** Stands for npx, which finds `ml` in a checkout only: the scripts run elsewhere, so that they leave no file in it. */
const npx = `#!/bin/sh
[ "$1" = ml ] || exit 127
shift
exec node ${join(projectRoot, 'cli/bin/ml.mjs')} "$@"
`;

/** A shell in a folder of its own, in which `npx ml` and `psql` are found. */
export interface ReadmeShell {
  /** Where its scripts run; files of theirs are here. */
  readonly folder: string;
  /** Runs a script, which ends with the first command that fails. */
  run(script: string, variables?: Readonly<Record<string, string>>): Promise<CliRun>;
}

/** @param options.home - state directory of the commands. */
export function openShell({ folder, home }: { readonly folder: string; readonly home: string }): ReadmeShell {
  const programs = join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'psql.mjs'), psql);
  writeFileSync(join(programs, 'psql'), `#!/bin/sh\nexec node ${join(programs, 'psql.mjs')} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(programs, 'npx'), npx, { mode: 0o755 });
  return {
    folder,
    run(script, variables = {}) {
      const env = { ...commandEnvironment({ home }), ...variables };
      const path = `${programs}${delimiter}${env.PATH ?? ''}`;
      return collect(spawn('bash', ['-e', '-c', script], { cwd: folder, env: { ...env, PATH: path }, stdio: 'pipe' }));
    },
  };
}
