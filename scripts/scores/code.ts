import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transformSync } from 'esbuild';
import { codeHashes } from '../../platform/code-hashes.mjs';

/** The data of the first run. */
const GENERATOR = 'datasets/sources/backend/generator/index';

/** Hash of the code that a model's scores depend on, by the model's name. */
export type ScoreCodes = Readonly<Record<string, string>>;

/**
 * Hash of the generated backend's code and of each model's: all modules that they reach by imports, and the versions of
 * the packages that those import. Comments, types and layout do not count, nor do texts of cards and what is declared in
 * `contracts/`: schemas, names and errors compute no score; nor does `comparedWithMoment`, which only says when rows are
 * reused. Takes about half a second.
 */
export async function scoreCodes(root: string, modelNames: readonly string[]): Promise<ScoreCodes> {
  const moduleOf = (name: string): string => `models/${name}/index`;
  const wanted = [GENERATOR, ...modelNames.map(moduleOf)];
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: wanted.map((path) => `${path}.ts`), outdir: 'unused', write: false },
    ...{ bundle: true, splitting: true, platform: 'node', format: 'esm', packages: 'external' },
    ...{ metafile: true, logLevel: 'silent' },
  });
  const hashes = codeHashes(root, metafile.inputs, wanted, (path) =>
    isDeclaration(path) ? null : meaningOf(join(root, path)),
  );
  return Object.fromEntries(
    modelNames.map((name) => [name, `${short(hashes[GENERATOR]!)}-${short(hashes[moduleOf(name)]!)}`]),
  );
}

const isDeclaration = (path: string): boolean => path.startsWith('contracts/') || path.endsWith('/card.ts');

/** When rows of a data set are those of an earlier moment; of any moment they are what `rows` computes. */
const REUSE = /,comparedWithMoment:\{[^{}]*\}/g;

/** The statements of a file without comments, types, layout and the declaration of reuse. */
function meaningOf(path: string): string {
  const source = readFileSync(path, 'utf8');
  if (!path.endsWith('.ts')) return source;
  const { code } = transformSync(source, { loader: 'ts', minifyWhitespace: true, legalComments: 'none' });
  return code.replaceAll(REUSE, '');
}

const short = (hash: string): string => hash.slice(0, 16);
