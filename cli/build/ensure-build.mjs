import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { tryLock } from './lock.mjs';
import { removeOldBuilds } from './old-builds.mjs';
import { contentHashOf, fingerprintOf, listSources } from './sources.mjs';

/*
 * dist/
 *   current.json    the last build found fresh, and the fingerprint of the sources at that time
 *   lock            the process that compiles
 *   <hash>/         one build; the name is the hash of its sources' content
 *   making-*        a build that is not finished; renamed when it is
 */

/** How often a process that waits for another's build looks. */
const LOOK_MS = 50;
/** A build that takes longer is told of. */
const ANNOUNCED_AFTER_MS = 1000;

/**
 * The folder of the build of these sources; compiles them when there is none. Processes that need the same build at the
 * same time wait for the first of them. A build is complete when its folder has its name, and never changes afterwards.
 * @param {string} root - The project's folder.
 * @throws {Error} when a source cannot be compiled, or dist/ cannot be written; the message is for the terminal.
 */
export async function ensureBuild(root) {
  const dist = join(root, 'dist');
  for (;;) {
    const paths = listSources(root);
    const fingerprint = fingerprintOf(root, paths);
    const current = readCurrent(dist);
    if (current?.fingerprint === fingerprint && isComplete(join(dist, current.build))) return join(dist, current.build);
    const build = contentHashOf(root, paths);
    if (isComplete(join(dist, build))) return remember(dist, { fingerprint, build });
    await makeBuild(root, dist, build);
    // Compiled from what the sources are now, which a look at them again either confirms or not.
  }
}

/** @param {string} folder */
const isComplete = (folder) => existsSync(join(folder, 'build.json'));

/** @typedef {{ readonly fingerprint: string, readonly build: string }} Current */

/**
 * @param {string} dist
 * @returns {Current | null}
 */
function readCurrent(dist) {
  try {
    return JSON.parse(readFileSync(join(dist, 'current.json'), 'utf8'));
  } catch {
    return null; // none yet
  }
}

/**
 * Writes down what was found, so that the next command need not read the sources; and that the build is in use.
 * @param {string} dist
 * @param {Current} current
 */
function remember(dist, current) {
  const folder = join(dist, current.build);
  const draft = join(dist, `current-${process.pid}.json`);
  try {
    const now = new Date();
    utimesSync(join(folder, 'build.json'), now, now);
    writeFileSync(draft, JSON.stringify(current));
    renameSync(draft, join(dist, 'current.json'));
  } catch {
    // A checkout that cannot be written: the next command reads the sources again.
  }
  return folder;
}

/**
 * @param {string} root
 * @param {string} dist
 * @param {string} build
 */
async function makeBuild(root, dist, build) {
  const notice = setTimeout(announce, ANNOUNCED_AFTER_MS).unref();
  const lock = await takeLock(dist, build);
  try {
    if (lock === null || isComplete(join(dist, build))) return;
    removeOldBuilds(dist);
    await compileInto(root, dist, build);
  } finally {
    clearTimeout(notice);
    lock?.release();
  }
}

/** For a person who waits; a script reads nothing that is not the command's own. */
function announce() {
  if (process.stderr.isTTY) process.stderr.write('compiling the program, once after a change of its sources\n');
}

/**
 * @param {string} dist
 * @param {string} build
 * @returns {Promise<import('./lock.mjs').Lock | null>} Null when the build appeared meanwhile.
 */
async function takeLock(dist, build) {
  try {
    mkdirSync(dist, { recursive: true });
    for (;;) {
      const lock = tryLock(join(dist, 'lock'));
      if (lock !== null) return lock;
      await pause(LOOK_MS);
      if (isComplete(join(dist, build))) return null;
    }
  } catch (fault) {
    throw unwritable(dist, fault);
  }
}

/**
 * @param {string} root
 * @param {string} dist
 * @param {string} build
 */
async function compileInto(root, dist, build) {
  const draft = mkdtempSync(join(dist, `making-${process.pid}-`));
  try {
    const { compile } = await import('./compile.mjs');
    await compile(root, draft);
    // The sources may have changed since their hash was taken: then this is a build of something in between.
    if (contentHashOf(root, listSources(root)) === build) moveInto(draft, join(dist, build));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * @param {string} draft
 * @param {string} folder
 */
function moveInto(draft, folder) {
  try {
    renameSync(draft, folder);
  } catch (fault) {
    if (!isComplete(folder)) throw fault; // else a process that took this one for dead was faster
  }
}

/**
 * @param {string} dist
 * @param {unknown} fault
 */
const unwritable = (dist, fault) =>
  new Error(
    `the program is not built for the sources as they are, and ${dist} cannot be written ` +
      `(${/** @type {Error} */ (fault).message}); run \`npm run build\` where it can`,
  );
