import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './lock.mjs';

/** Builds kept beside the one that is made now, newest use first: a change that is taken back costs nothing. */
const KEPT = 3;

/**
 * Removes what killed processes left half made, and builds that were not used lately. A build that a process runs from
 * stays: each such process has a file of its number in the build's `users/`.
 * @param {string} dist
 */
export function removeOldBuilds(dist) {
  const names = readdirSync(dist);
  for (const name of names) {
    const maker = /^(?:making|current)-(\d+)/.exec(name);
    if (maker !== null && !isAlive(Number(maker[1]))) remove(join(dist, name));
  }
  const builds = names.filter((name) => /^[0-9a-f]{16}$/.test(name)).map((name) => join(dist, name));
  const byUse = builds.map((folder) => ({ folder, used: lastUse(folder) })).sort((a, b) => b.used - a.used);
  for (const { folder } of byUse.slice(KEPT)) if (!isInUse(folder)) remove(folder);
}

/** @param {string} folder */
function lastUse(folder) {
  return statSync(join(folder, 'build.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} folder */
function isInUse(folder) {
  try {
    return readdirSync(join(folder, 'users')).some((pid) => isAlive(Number(pid)));
  } catch {
    return false; // nobody ever
  }
}

/**
 * What another process removes at the same time, or what belongs to another user, is no reason to fail.
 * @param {string} folder
 */
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Tried again by the next build.
  }
}
