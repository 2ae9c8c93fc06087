import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {import('esbuild').Metafile['inputs']} Inputs */

/**
 * For each module in `wanted` the hash of the sources that it reaches by imports, static and dynamic, and of the versions
 * of the packages that stay outside the build.
 * @param {string} root - The project's folder.
 * @param {Inputs} inputs - Of esbuild's metafile: paths below the folder.
 * @param {readonly string[]} wanted - Paths without extension.
 * @param {(path: string) => string | Uint8Array | null} read - What counts of a file: the file as it is by default; null,
 *   nothing, not even that it is reached.
 * @returns {Readonly<Record<string, string>>}
 */
export function codeHashes(root, inputs, wanted, read = (path) => readFileSync(join(root, path))) {
  const versions = packageVersions(root);
  /** @type {Map<string, string | null>} */
  const contents = new Map();
  /** @param {string} path */
  const contentOf = (path) => {
    // esbuild's own, such as <define:navigator>, is no file.
    if (contents.has(path)) return contents.get(path);
    const content = path.startsWith('<') ? path : read(path);
    contents.set(path, content === null ? null : sha256(content));
    return contents.get(path);
  };
  return Object.fromEntries(
    wanted.map((module) => {
      const { files, packages } = reachedFrom(`${module}.ts`, inputs);
      const lines = [
        ...files.filter((path) => contentOf(path) !== null).map((path) => `${path} ${contentOf(path)}`),
        ...packages.map((name) => `${name} ${versions[name] ?? 'unknown'}`),
      ];
      return [module, sha256(lines.join('\n'))];
    }),
  );
}

/** @param {string | Uint8Array} content */
const sha256 = (content) => createHash('sha256').update(content).digest('hex');

/**
 * @param {string} start
 * @param {Inputs} inputs
 */
function reachedFrom(start, inputs) {
  if (inputs[start] === undefined) throw new Error(`${start} is not part of the build`);
  const files = new Set([start]);
  /** @type {Set<string>} */
  const packages = new Set();
  for (const path of files)
    for (const imported of inputs[path]?.imports ?? [])
      if (imported.external !== true) files.add(imported.path);
      else if (!imported.path.startsWith('node:')) packages.add(packageOf(imported.path));
  return { files: [...files].sort(), packages: [...packages].sort() };
}

/** @param {string} path */
const packageOf = (path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/');

/**
 * Versions by package, from the lockfile; {} without one.
 * @param {string} root
 * @returns {Readonly<Record<string, string>>}
 */
function packageVersions(root) {
  const prefix = 'node_modules/';
  try {
    /** @type {{ readonly packages: Readonly<Record<string, { readonly version?: string }>> }} */
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    return Object.fromEntries(
      Object.entries(packages).flatMap(([path, { version }]) =>
        path.startsWith(prefix) && version !== undefined ? [[path.slice(prefix.length), version]] : [],
      ),
    );
  } catch {
    return {};
  }
}
