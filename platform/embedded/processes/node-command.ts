import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EntryPoint } from '../../entry-points.js';
import { entryFile, isCompiled } from '../../project.js';
import type { LaunchCommand } from './run-program.js';

/** The command line that runs an entry point in a Node process of its own, from source (through tsx) or compiled. */
export const nodeCommand = (entry: EntryPoint, args: readonly string[]): LaunchCommand => ({
  file: process.execPath,
  args: [...loaderArguments(), entryFile(entry), ...args],
});

/** Not process.execArgv: a test runner or debugger puts things there that a child must not inherit. */
function loaderArguments(): readonly string[] {
  if (isCompiled) return ['--enable-source-maps'];
  const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  return ['--import', pathToFileURL(join(tsx, 'dist', 'loader.mjs')).href];
}
