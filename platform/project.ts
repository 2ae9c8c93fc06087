import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EntryPoint, entryPoints } from './entry-points.js';

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no package.json above ${from}`);
  return findRoot(parent);
}

/** The project's folder, absolute, whether the code runs from source (tsx) or compiled (dist/). SQL files lie below it. */
export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** `.ts` when running from source, `.js` when compiled. */
const codeExtension: '.ts' | '.js' = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** True when compiled code runs; false from source, as tests and scripts do. */
export const isCompiled: boolean = codeExtension === '.js';

/** Where the running code lies: the project's folder, or dist/ below it. */
export const codeRoot: string = isCompiled ? join(projectRoot, 'dist') : projectRoot;

/** The file of an entry point in the running code's form, absolute. */
export const entryFile = (name: EntryPoint): string => join(codeRoot, `${entryPoints[name].file}${codeExtension}`);
