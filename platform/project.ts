import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no package.json above ${from}`);
  return findRoot(parent);
}

/** The project's folder, absolute, whether the code runs from source (tsx) or compiled (dist/). SQL files lie below it. */
export const projectRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** `.ts` when running from source, `.js` when compiled: for naming the entry file of a child process. */
export const codeExtension: '.ts' | '.js' = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Where the running code lies: the project's folder, or dist/ below it. */
export const codeRoot: string = codeExtension === '.ts' ? projectRoot : join(projectRoot, 'dist');
