import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeRoot, isCompiled } from './project.js';

/**
 * Keeps the build that this process runs from until the process ends, however many newer ones are made: it may yet
 * import a part of it, or start a child from it. From source there is nothing to keep. See cli/build/old-builds.mjs.
 */
export function keepBuildInUse(): void {
  if (!isCompiled) return;
  const file = join(codeRoot, 'users', String(process.pid));
  try {
    mkdirSync(join(codeRoot, 'users'), { recursive: true });
    writeFileSync(file, '');
    process.on('exit', () => rmSync(file, { force: true }));
  } catch {
    // A checkout that cannot be written: nobody removes anything there either.
  }
}
