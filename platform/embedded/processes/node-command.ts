import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EntryPoint } from '../../entry-points.js';
import { entryFile, isCompiled } from '../../project.js';
import type { LaunchCommand } from './run-program.js';

/** Command line that runs an entry point in a new Node process, from source (with tsx) or compiled. */
export const nodeCommand = (entry: EntryPoint, args: readonly string[]): LaunchCommand => ({
  file: process.execPath,
  args: [...loaderArguments(), entryFile(entry), ...args],
});

/** Does not use process.execArgv, which may contain arguments of a test runner or debugger. */
function loaderArguments(): readonly string[] {
  if (isCompiled) return ['--enable-source-maps'];
  const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  return ['--import', pathToFileURL(join(tsx, 'dist', 'loader.mjs')).href];
}
