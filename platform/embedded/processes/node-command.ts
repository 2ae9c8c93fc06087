import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeExtension, codeRoot } from '../../project.js';
import type { LaunchCommand } from './run-program.js';

/**
 * The command line that runs one of our files in a Node process of its own, from source (through tsx) or compiled.
 * @param entry - Path below the project without ending, `platform/embedded/supervisor-main`.
 */
export function nodeCommand(entry: string, args: readonly string[]): LaunchCommand {
  const file = join(codeRoot, `${entry}${codeExtension}`);
  return { file: process.execPath, args: [...loaderArguments(), file, ...args] };
}

/** Not process.execArgv: a test runner or debugger puts things there that a child must not inherit. */
function loaderArguments(): readonly string[] {
  if (codeExtension === '.js') return ['--enable-source-maps'];
  const tsx = dirname(createRequire(import.meta.url).resolve('tsx/package.json'));
  return ['--import', pathToFileURL(join(tsx, 'dist', 'loader.mjs')).href];
}
