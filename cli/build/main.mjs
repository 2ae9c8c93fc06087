// `npm run build`: compiles ahead of the first command, for an image or a checkout that will be read-only.
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuild } from './ensure-build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
try {
  const build = await ensureBuild(root);
  await import(pathToFileURL(join(build, 'workers/prepare-workflows-main.js')).href);
  process.stdout.write(`built ${build}\n`);
} catch (fault) {
  process.stderr.write(`${/** @type {Error} */ (fault).message}\n`);
  process.exitCode = 1;
}
