import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { invalidPath } from '../config/invalid-setting.js';
import { writeDurably } from '../durable-file.js';
import { expectPrivate } from '../embedded/approval-secret.js';
import { damagedState } from '../embedded/damage.js';
import { tryLock } from '../embedded/processes/lock.js';
import { waitUntil } from '../embedded/processes/wait.js';
import { publicKeysIn } from './public-keys.js';
import { type StoredKeys, storedKeys, type StoredKeyVersion } from './stored-keys.js';
import { freshSecret, type KeyName, keyNames, knownKeys } from './known-keys.js';

type KeySettings = Pick<Config, 'home' | 'keyRingFile'>;

/** The file of the settings, else that of the state directory. */
export const keyFile = ({ home, keyRingFile }: KeySettings): string => keyRingFile ?? join(home, 'keys.json');

const LOCK_WAIT_MS = 10_000;

/**
 * The stored keys.
 * @throws PipelineError `INVALID_CONFIG` when the file of KEY_RING_FILE is missing or others may read it;
 *   `STATE_DAMAGED`.
 */
export function readKeys(settings: KeySettings): StoredKeys {
  const file = keyFile(settings);
  if (!existsSync(file)) {
    if (settings.keyRingFile !== null)
      throw invalidPath('KEY_RING_FILE', file, 'does not exist; make it with: ml keys create');
    return { schemaVersion: 1, keys: {} };
  }
  expectPrivate(file, settings.keyRingFile === null ? 'ML_HOME' : 'KEY_RING_FILE');
  return parseKeys(file);
}

function parseKeys(file: string): StoredKeys {
  try {
    const stored = storedKeys.parse(JSON.parse(readFileSync(file, 'utf8')));
    publicKeysIn(stored);
    return stored;
  } catch (fault) {
    throw damagedState(file, 'does not hold the keys that were written to it', fault);
  }
}

/** Adds every known key that is missing, with a first version. @returns names of the added ones. */
export async function createMissingKeys(settings: KeySettings): Promise<readonly KeyName[]> {
  return changeKeys(settings, (keys) => {
    const missing = keyNames.filter((name) => !Object.hasOwn(keys.keys, name));
    return { keys: missing.reduce(withNextVersion, keys), result: missing };
  });
}

/** A version that a rotation made, with the means to take it back. */
export interface RotatedKey {
  readonly name: KeyName;
  readonly version: number;
  /** Removes the version again, unless a later one has been made since. */
  readonly undo: () => Promise<void>;
}

/** Makes a new version of a key: from then on it encrypts and signs, and the older ones only open and verify. */
export async function rotateKey(settings: KeySettings, name: KeyName): Promise<RotatedKey> {
  const version = await changeKeys(settings, (keys) => {
    const changed = withNextVersion(keys, name);
    return { keys: changed, result: changed.keys[name]!.versions.at(-1)!.version };
  });
  return { name, version, undo: () => removeVersion(settings, name, version) };
}

const removeVersion = (settings: KeySettings, name: KeyName, version: number): Promise<void> =>
  changeKeys(settings, (stored) => {
    const { algorithm, versions } = stored.keys[name]!;
    const isNewest = versions.at(-1)!.version === version;
    if (!isNewest || versions.length === 1) return { keys: stored, result: undefined };
    const key = { algorithm, versions: versions.slice(0, -1) };
    return { keys: { ...stored, keys: { ...stored.keys, [name]: key } }, result: undefined };
  });

function withNextVersion(stored: StoredKeys, name: KeyName): StoredKeys {
  const { algorithm } = knownKeys[name];
  const versions = stored.keys[name]?.versions ?? [];
  const next: StoredKeyVersion = {
    version: (versions.at(-1)?.version ?? 0) + 1,
    createdAt: new Date().toISOString(),
    secret: freshSecret(algorithm),
  };
  return { ...stored, keys: { ...stored.keys, [name]: { algorithm, versions: [...versions, next] } } };
}

interface Change<Result> {
  readonly keys: StoredKeys;
  readonly result: Result;
}

/** Reads, changes and writes the file under a lock, so that no process overwrites a key that another has just made. */
export async function changeKeys<Result>(
  settings: KeySettings,
  change: (keys: StoredKeys) => Change<Result>,
): Promise<Result> {
  const file = keyFile(settings);
  const lock = await takeLock(`${file}.lock`);
  try {
    const before: StoredKeys = existsSync(file) ? readKeys(settings) : { schemaVersion: 1, keys: {} };
    const { keys, result } = change(before);
    if (keys !== before) writeDurably(file, `${JSON.stringify(keys)}\n`);
    return result;
  } finally {
    lock.release();
  }
}

async function takeLock(folder: string): Promise<{ release(): void }> {
  let lock = tryLock(folder);
  await waitUntil(() => (lock ??= tryLock(folder)) !== null, { timeoutMs: LOCK_WAIT_MS, everyMs: 20 });
  if (lock === null) throw new PipelineError('CONFLICT', `${folder}: another process changes the keys; try again`);
  return lock;
}

/** @throws PipelineError `KEY_NOT_FOUND` for an unknown name. */
export function requireKeyName(name: string): KeyName {
  if (Object.hasOwn(knownKeys, name)) return name as KeyName;
  throw pipelineError('KEY_NOT_FOUND', { name, finding: `is not a key; known: ${keyNames.join(', ')}` });
}
