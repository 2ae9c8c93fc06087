import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** A build takes seconds; whoever holds the lock longer than this hangs, or is another process under its number. */
const STALE_MS = 120_000;

/** @typedef {{ release(): void }} Lock */

/**
 * Takes the lock unless a live process holds it. Two processes that find it stale at once may both get it: the lock
 * saves work, what keeps builds whole is that each is made apart and renamed.
 * @param {string} path
 * @returns {Lock | null}
 * @throws {Error} of the file system when the folder cannot be written.
 */
export function tryLock(path) {
  if (claim(path)) return { release: () => release(path) };
  if (!isStale(path)) return null;
  rmSync(path, { force: true });
  return claim(path) ? { release: () => release(path) } : null;
}

/** @param {string} path */
function claim(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (fault) {
    if (/** @type {NodeJS.ErrnoException} */ (fault).code === 'EEXIST') return false;
    throw fault;
  }
}

/** @param {string} path */
function isStale(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    const holder = readFileSync(path, 'utf8');
    // Between its creation and its content a lock names nobody.
    if (holder === '') return age > 1000;
    return age > STALE_MS || !isAlive(Number(holder));
  } catch {
    return false; // released meanwhile: the next try will tell
  }
}

/** @param {string} path */
function release(path) {
  try {
    if (readFileSync(path, 'utf8') === String(process.pid)) rmSync(path, { force: true });
  } catch {
    // Taken over by a process that thought this one dead.
  }
}

/**
 * True for a process of any user.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return /** @type {NodeJS.ErrnoException} */ (fault).code === 'EPERM';
  }
}
