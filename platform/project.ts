import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EntryPoint, entryPoints } from './entry-points.js';

/** The nearest folder, from here upwards, that holds this file. */
function folderOf(file: string, from: string): string {
  if (existsSync(join(from, file))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no ${file} in a folder around the running code`);
  return folderOf(file, parent);
}

const here = dirname(fileURLToPath(import.meta.url));

/** True when compiled code runs; false from source, as tests and scripts do. */
export const isCompiled: boolean = import.meta.url.endsWith('.js');

/** The project's folder, absolute, whether the code runs from source or compiled. SQL files lie below it. */
export const projectRoot: string = folderOf('package.json', here);

/** Where the running code lies: the project's folder, or that of one build (`build.json` marks it). */
export const codeRoot: string = isCompiled ? folderOf('build.json', here) : projectRoot;

/** The file of an entry point in the running code's form, absolute. */
export const entryFile = (name: EntryPoint): string =>
  join(codeRoot, `${entryPoints[name].file}${isCompiled ? '.js' : '.ts'}`);
