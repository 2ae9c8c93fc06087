import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { createMissingKeys, keyFile, readKeys, requireKeyName, rotateKey } from './key-file.js';
import type { StoredKeys } from './stored-keys.js';
import { openKeyRing } from './key-ring.js';
import { keyNames } from './known-keys.js';

let home = '';
let settings = { home, keyRingFile: null as string | null };
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ml-keys-'));
  settings = { home, keyRingFile: null };
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(home, { recursive: true, force: true });
});

const NAME = 'prediction-log';
const content = Buffer.from('what is to be kept secret');
const failsWith = (code: string, message: RegExp): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;
/** Lets the ring look at its file again at once. */
const later = () => vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);

describe('the key ring', () => {
  it('opens what it sealed, and nothing that was changed or belongs elsewhere', async () => {
    const ring = await openKeyRing(settings);
    const sealed = ring.seal(NAME, content, 'row 1');
    expect(ring.open(NAME, sealed, 'row 1')).toEqual(content);
    expect(sealed.includes(content)).toBe(false);
    expect(() => ring.open(NAME, sealed, 'row 2')).toThrow(failsWith('DECRYPTION_FAILED', /was changed/));
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i]! ^= 1;
      expect(() => ring.open(NAME, changed, 'row 1'), `byte ${i}`).toThrow(PipelineError);
    }
    expect(() => ring.open(NAME, sealed.subarray(0, 20), 'row 1')).toThrow(failsWith('DECRYPTION_FAILED', /format/));
  });

  it('uses no nonce twice, and no other process has the same', async () => {
    const rings = [await openKeyRing(settings), await openKeyRing(settings)];
    const nonces = rings.flatMap((ring) =>
      Array.from({ length: 1000 }, () => ring.seal(NAME, content, '').subarray(5, 17).toString('hex')),
    );
    expect(new Set(nonces).size).toBe(2000);
  });

  it('seals with the newest version after a rotation, and still opens and verifies the older ones', async () => {
    const ring = await openKeyRing(settings);
    const [sealed, hash] = [ring.seal(NAME, content, ''), ring.sign('subjects', 'u1')];
    expect(await rotateKey(settings, NAME)).toMatchObject({ name: NAME, version: 2 });
    await rotateKey(settings, 'subjects');
    later();
    const newer = ring.seal(NAME, content, '');
    expect([sealed, newer].map((bytes) => bytes.readUInt32BE(1))).toEqual([1, 2]);
    expect([sealed, newer].map((bytes) => ring.open(NAME, bytes, ''))).toEqual([content, content]);
    expect(ring.sign('subjects', 'u1').version).toBe(2);
    expect(ring.verify('subjects', 'u1', hash)).toBe(true);
    expect(ring.verify('subjects', 'u2', hash)).toBe(false);
    expect(ring.verify('subjects', 'u1', { ...hash, version: 9 })).toBe(false);
    expect(ring.signByAll('subjects', 'u1')[1]).toEqual(hash);
    expect(ring.secretsOf('subjects')).toHaveLength(2);
  });

  it('opens at once what another process sealed with a version made meanwhile', async () => {
    const ring = await openKeyRing(settings);
    await rotateKey(settings, NAME);
    const sealed = (await openKeyRing(settings)).seal(NAME, content, '');
    expect(ring.open(NAME, sealed, '')).toEqual(content);
  });

  it('names a version that is gone', async () => {
    const ring = await openKeyRing(settings);
    const { undo } = await rotateKey(settings, NAME);
    const sealed = (await openKeyRing(settings)).seal(NAME, content, '');
    await undo();
    expect(() => ring.open(NAME, sealed, '')).toThrow(failsWith('KEY_NOT_FOUND', /has no version 2 in .*keys\.json/));
  });

  it('goes on with the keys it has when the file is damaged under it', async () => {
    const ring = await openKeyRing(settings);
    const sealed = ring.seal(NAME, content, '');
    writeFileSync(keyFile(settings), 'nonsense');
    utimesSync(keyFile(settings), 1, 1);
    later();
    expect(ring.open(NAME, sealed, '')).toEqual(content);
    await expect(openKeyRing(settings)).rejects.toThrow(failsWith('STATE_DAMAGED', /does not hold the keys/));
  });
});

describe('the key file', () => {
  it('is made once by several at the same time, for the owner alone', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => createMissingKeys(settings)));
    expect(made.filter(({ length }) => length > 0)).toEqual([[...keyNames]]);
    expect(statSync(keyFile(settings)).mode & 0o777).toBe(0o600);
  });

  it('loses no rotation of several at the same time', async () => {
    await createMissingKeys(settings);
    const rotated = await Promise.all(Array.from({ length: 5 }, () => rotateKey(settings, NAME)));
    expect(rotated.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5, 6]);
  });

  it('keeps a version that a later one follows, and a first one', async () => {
    await createMissingKeys(settings);
    const { undo } = await rotateKey(settings, NAME);
    await rotateKey(settings, NAME);
    await undo();
    expect(readKeys(settings).keys[NAME]!.versions).toHaveLength(3);
  });

  it('gets keys that an older program did not know, and keeps its others', async () => {
    await createMissingKeys(settings);
    const { keys, ...rest } = JSON.parse(readFileSync(keyFile(settings), 'utf8')) as StoredKeys;
    const older = { ...rest, keys: { [NAME]: keys[NAME] } };
    writeFileSync(keyFile(settings), JSON.stringify(older));
    await openKeyRing(settings);
    expect(Object.keys(readKeys(settings).keys).sort()).toEqual([...keyNames].sort());
    expect(readKeys(settings).keys[NAME]).toEqual(keys[NAME]);
  });

  it('of KEY_RING_FILE must exist, be private and is made on request only', async () => {
    settings = { home, keyRingFile: join(home, 'shared.json') };
    await expect(openKeyRing(settings)).rejects.toThrow(failsWith('INVALID_CONFIG', /ml keys create/));
    await createMissingKeys(settings);
    expect((await openKeyRing(settings)).sign('webhooks', 'x').version).toBe(1);
    chmodSync(settings.keyRingFile!, 0o644);
    if (process.platform !== 'win32')
      await expect(openKeyRing(settings)).rejects.toThrow(failsWith('INVALID_CONFIG', /chmod 600/));
  });

  it('of KEY_RING_FILE without a key says how to add it', async () => {
    settings = { home, keyRingFile: join(home, 'shared.json') };
    writeFileSync(settings.keyRingFile!, '{"schemaVersion":1,"keys":{}}', { mode: 0o600 });
    const ring = await openKeyRing(settings);
    expect(() => ring.sign('webhooks', 'x')).toThrow(failsWith('KEY_NOT_FOUND', /ml keys create/));
  });

  it('has known names only', () => {
    expect(requireKeyName('subjects')).toBe('subjects');
    expect(() => requireKeyName('toString')).toThrow(failsWith('KEY_NOT_FOUND', /known: prediction-log/));
  });
});
