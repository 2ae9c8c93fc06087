import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeRoot, isCompiled } from './project.js';

/**
 * Marks the build from which this process runs as used until the process ends, so that newer builds do not remove it:
 * the process may import another part of it or start a child from it. Does nothing when running from source. See
 * cli/build/old-builds.mjs.
 */
export function keepBuildInUse(): void {
  if (!isCompiled) return;
  const file = join(codeRoot, 'users', String(process.pid));
  try {
    mkdirSync(join(codeRoot, 'users'), { recursive: true });
    writeFileSync(file, '');
    process.on('exit', () => rmSync(file, { force: true }));
  } catch {
    // A read-only checkout, in which no build is removed either.
  }
}
