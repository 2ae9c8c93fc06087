import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, formatMessages, transform } from 'esbuild';
import { codeHashes } from '../../platform/code-hashes.mjs';

/**
 * Packages that are put into the output. Node takes milliseconds a file to load CommonJS, and these have hundreds that
 * nearly every command needs. All others stay in node_modules: native ones, those with files of their own, those that
 * must exist once in a process with the worker, and the rarely used.
 */
const inlined = new Set([
  '@temporalio/client',
  'cli-table3',
  'commander',
  'dotenv',
  'ioredis',
  'kysely',
  'pg',
  'semver',
  'zod',
]);

/** @typedef {{ readonly file: string, readonly kind: string }} EntryPoint */

/**
 * Compiles the programs and the models of a project into a folder: ES modules with source maps, in which what several
 * of them use is a file of its own, and what is imported on use stays so.
 * @param {string} root - The project's folder.
 * @param {string} folder - Where to; exists already.
 * @throws {Error} with esbuild's messages when a source cannot be compiled.
 */
export async function compile(root, folder) {
  const { entryPoints, computingModules = {} } = await readEntryPoints(root);
  const listed = Object.values(entryPoints);
  const models = modelIndexes(root);
  const programs = listed.filter(({ kind }) => kind === 'program').map(({ file }) => `${file}.ts`);
  const workflows = listed.filter(({ kind }) => kind === 'workflows').map(({ file }) => `${file}.ts`);
  try {
    const options = { ...programOptions, ...places(root, folder), entryPoints: [...programs, ...models] };
    const { metafile } = await build({ ...options, metafile: true });
    const wanted = [...Object.values(computingModules), ...models.map((path) => path.replace(/\.ts$/, ''))];
    writeFileSync(join(folder, 'code-hashes.json'), JSON.stringify(codeHashes(root, metafile.inputs, wanted)));
    await build({ ...workflowOptions, ...places(root, folder), entryPoints: workflows });
  } catch (fault) {
    throw await readable(fault);
  }
  writeFileSync(join(folder, 'build.json'), `${JSON.stringify({ node: process.versions.node })}\n`);
}

/** @type {import('esbuild').Plugin} */
const packages = {
  name: 'packages',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      if (kind === 'entry-point' || path.startsWith('node:') || importer.includes('node_modules')) return undefined;
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      // Imported dynamically, a CommonJS package would lose its names; a module of ours imports it by name.
      return kind !== 'dynamic-import' && inlined.has(name) ? undefined : { path, external: true };
    });
  },
};

/** @satisfies {import('esbuild').BuildOptions} */
const commonOptions = /** @type {const} */ ({
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'silent',
});

/** @type {import('esbuild').BuildOptions} */
const programOptions = {
  ...commonOptions,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [packages],
  external: ['pg-native'],
  // Without it Node 20 loads its whole HTTP client: pg makes a Response to see whether it runs at Cloudflare.
  define: { navigator: '{"userAgent":"Node.js"}' },
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
};

/** Read by Temporal's bundler, which looks for packages itself. @type {import('esbuild').BuildOptions} */
const workflowOptions = { ...commonOptions, packages: 'external' };

/**
 * @param {string} root
 * @param {string} folder
 */
const places = (root, folder) => ({ absWorkingDir: root, outbase: root, outdir: folder });

/**
 * The catalogue finds models by their folders.
 * @param {string} root
 */
const modelIndexes = (root) =>
  readdirSync(join(root, 'models'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [`models/${name}/index.ts`, `models/${name}/monitoring.ts`])
    .filter((file) => existsSync(join(root, file)));

/**
 * The lists of entry points and computing modules as the sources have it now.
 * @param {string} root
 * @returns {Promise<{ entryPoints: Readonly<Record<string, EntryPoint>>, computingModules?: Readonly<Record<string, string>> }>}
 */
async function readEntryPoints(root) {
  const source = readFileSync(join(root, 'platform/entry-points.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm' });
  const address = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  return import(address);
}

/**
 * esbuild's messages with file, line and text.
 * @param {unknown} fault
 */
async function readable(fault) {
  const { errors } = /** @type {{ errors?: import('esbuild').Message[] }} */ (fault);
  if (errors === undefined) return /** @type {Error} */ (fault);
  const lines = await formatMessages(errors, { kind: 'error', color: process.stderr.isTTY });
  return new Error(`the program does not compile:\n${lines.join('').trimEnd()}`);
}
