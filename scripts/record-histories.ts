/*
 * `npm run record-histories`: runs the integration tests that save histories for the replay tests, and keeps each path
 * through a workflow that workflows/histories/ has none of yet. With words after `--` only files with one of them.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inheritedEnvironment } from '../platform/config/environment.js';
import { projectRoot } from '../platform/project.js';

const folder = join('tests', 'integration');
const words = process.argv.slice(2);
const files = readdirSync(join(projectRoot, folder))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .map((name) => join(folder, name))
  .filter((file) => readFileSync(join(projectRoot, file), 'utf8').includes('saveHistory('));

const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'integration', ...files], {
  cwd: projectRoot,
  env: inheritedEnvironment({ UPDATE_HISTORIES: '1' }),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
