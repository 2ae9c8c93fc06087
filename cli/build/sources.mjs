import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of the project that hold no code of the program: what tests and scripts need runs from source. */
const elsewhere = new Set(['node_modules', 'dist', 'coverage', 'docs', 'tests', 'scripts', 'bench', 'deploy']);

/** What the build depends on beside the sources: versions of packages, and how TypeScript is to be read. */
const settings = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** JSON is compiled in where a module imports it. @param {string} name */
const isSource = (name) => (name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(name)) || /\.(mjs|json)$/.test(name);

/**
 * Every file that the build depends on, the build's own code included: paths below the project, sorted.
 * @param {string} root - The project's folder.
 * @returns {readonly string[]}
 */
export function listSources(root) {
  /** @type {string[]} */
  const found = [];
  /** @param {string} folder */
  const visit = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'fixtures') visit(path);
      } else if (isSource(entry.name)) found.push(path);
    }
  };
  for (const entry of readdirSync(root, { withFileTypes: true }))
    if (entry.isDirectory() && !entry.name.startsWith('.') && !elsewhere.has(entry.name)) visit(entry.name);
  return [...settings, ...found].sort();
}

/**
 * Changes when a file is added, removed or written: path, size and time of each. Cheap, since no file is read.
 * @param {string} root
 * @param {readonly string[]} paths
 */
export function fingerprintOf(root, paths) {
  const facts = paths.map((path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    return stat === undefined ? path : `${path} ${stat.size} ${stat.mtimeMs}`;
  });
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}

/**
 * Changes when the content of a file does: the name of the build.
 * @param {string} root
 * @param {readonly string[]} paths
 */
export function contentHashOf(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const content = contentOf(join(root, path));
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} path */
function contentOf(path) {
  try {
    return readFileSync(path);
  } catch (fault) {
    // Removed since it was listed, or a setting that this project does not have.
    if (/** @type {NodeJS.ErrnoException} */ (fault).code === 'ENOENT') return Buffer.alloc(0);
    throw fault;
  }
}
