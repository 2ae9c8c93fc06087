import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EntryPoint, entryPoints } from './entry-points.js';

/** The nearest folder at or above `from` that contains the file. */
function folderOf(file: string, from: string): string {
  if (existsSync(join(from, file))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no ${file} in a folder around the running code`);
  return folderOf(file, parent);
}

const here = dirname(fileURLToPath(import.meta.url));

/** True for compiled code; false for source code, as in tests and scripts. */
export const isCompiled: boolean = import.meta.url.endsWith('.js');

/** The project's folder, absolute, for source and compiled code. It contains the SQL files. */
export const projectRoot: string = folderOf('package.json', here);

/** Root folder of the running code: the project's folder, or that of a build, which contains `build.json`. */
export const codeRoot: string = isCompiled ? folderOf('build.json', here) : projectRoot;

/** Absolute path of an entry point's source or compiled file. */
export const entryFile = (name: EntryPoint): string =>
  join(codeRoot, `${entryPoints[name].file}${isCompiled ? '.js' : '.ts'}`);
