#!/usr/bin/env node
// The command line: makes sure that the sources are compiled, and runs what was made of them in this process.
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuild } from '../build/ensure-build.mjs';

const build = await findBuild();
rememberCompiled(join(build, 'compile-cache'));
if (process.argv.includes('--verbose')) process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(build, 'cli/ml.js')).href);

async function findBuild() {
  try {
    return await ensureBuild(join(dirname(fileURLToPath(import.meta.url)), '../..'));
  } catch (fault) {
    process.stderr.write(`${/** @type {Error} */ (fault).message}\n`);
    process.exit(1);
  }
}

/**
 * Lets V8 keep what it compiles, where Node can (22.1); a folder that cannot be written does no harm.
 * @param {string} folder
 */
function rememberCompiled(folder) {
  /** @type {{ enableCompileCache?: (folder: string) => unknown }} */ (module).enableCompileCache?.(folder);
}
