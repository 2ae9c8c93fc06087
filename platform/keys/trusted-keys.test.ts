import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMissingKeys, keyFile, readKeys, rotateKey } from './key-file.js';
import type { StoredKeys } from './stored-keys.js';
import { openKeyRing } from './key-ring.js';
import { fingerprintOf, parsePublicKey, publicKeysIn } from './public-keys.js';
import { markEarlierArtefactsSigned, revokeKey, trustKey } from './trusted-keys.js';

let settings = { home: '', keyRingFile: null as string | null };
beforeEach(async () => {
  settings = { home: mkdtempSync(join(tmpdir(), 'ml-trust-')), keyRingFile: null };
  await createMissingKeys(settings);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(settings.home, { recursive: true, force: true });
});

const NAME = 'artefacts';
const content = Buffer.from('what is signed');
const pem = (namedCurve = 'P-256'): string =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'pem', type: 'spki' }) as string;
const failsWith = (code: string, message: RegExp): Error =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;
const trust = (label: string, key = pem()) => trustKey(settings, { pem: key, from: 'key.pem', label });
const known = () => publicKeysIn(readKeys(settings));

describe('the key pair of artefacts', () => {
  it('signs by its newest version, whose public half verifies', async () => {
    await rotateKey(settings, NAME);
    const ring = await openKeyRing(settings);
    const { fingerprint, signature } = ring.signBytes(NAME, content);
    const [newest, older] = ring.publicKeys(NAME);
    expect([newest!.label, older!.label]).toEqual(['artefacts 2', 'artefacts 1']);
    expect(newest!.fingerprint).toBe(fingerprint);
    expect(verify('sha256', content, newest!.key, signature)).toBe(true);
    expect(verify('sha256', content, older!.key, signature)).toBe(false);
  });

  it('prints no private half', async () => {
    const secret = readKeys(settings).keys[NAME]!.versions[0]!.secret;
    expect(JSON.stringify((await openKeyRing(settings)).publicKeys(NAME))).not.toContain(secret);
    expect(known()[0]!.pem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });

  it('that was damaged in the file is reported as such', () => {
    const stored = JSON.parse(readFileSync(keyFile(settings), 'utf8')) as StoredKeys;
    (stored.keys[NAME]!.versions[0] as { secret: string }).secret = 'AAAA';
    writeFileSync(keyFile(settings), JSON.stringify(stored));
    expect(() => readKeys(settings)).toThrow(failsWith('STATE_DAMAGED', /does not hold the keys/));
  });
});

describe('trusted keys', () => {
  it('are accepted beside the own ones, and taken back when their entry is not recorded', async () => {
    const { key, undo } = await trust('partner');
    expect(known().map(({ label, own }) => [label, own])).toEqual([
      ['artefacts 1', true],
      ['partner', false],
    ]);
    expect(key.fingerprint).toBe(fingerprintOf(key.key));
    await undo();
    expect(known()).toHaveLength(1);
  });

  it('have one name and are listed once', async () => {
    const key = pem();
    await trust('partner', key);
    await expect(trust('partner')).rejects.toThrow(failsWith('INVALID_INPUT', /there is a key "partner" already/));
    await expect(trust('other', key)).rejects.toThrow(failsWith('CONFLICT', /known as "partner"/));
    await expect(trust('\u001b[31m')).rejects.toThrow(failsWith('INVALID_INPUT', /letters, digits/));
  });

  it('are public keys of P-256 and nothing else', () => {
    const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      format: 'pem',
      type: 'pkcs8',
    });
    expect(() => parsePublicKey(secret as string, 'f')).toThrow(failsWith('INVALID_INPUT', /private key/));
    expect(() => parsePublicKey('nonsense', 'f')).toThrow(failsWith('INVALID_INPUT', /f does not hold a public key/));
    expect(() => parsePublicKey(pem('P-384'), 'f')).toThrow(
      failsWith('INVALID_INPUT', /secp384r1; wanted one of P-256/),
    );
  });
});

describe('a revoked key', () => {
  it('is found by name or by eight digits, and keeps the reason', async () => {
    const { key } = await trust('partner');
    await revokeKey(settings, { wanted: key.fingerprint.slice(0, 8), reason: 'laptop lost' });
    expect(known()[1]).toMatchObject({ label: 'partner', revoked: { reason: 'laptop lost' } });
    await expect(revokeKey(settings, { wanted: 'partner', reason: 'x' })).rejects.toThrow(
      failsWith('CONFLICT', /was revoked at .*laptop lost/),
    );
    for (const wanted of ['nobody', key.fingerprint.slice(0, 7), ''])
      await expect(revokeKey(settings, { wanted, reason: 'x' })).rejects.toThrow(
        failsWith('KEY_NOT_FOUND', /is not known; known: artefacts 1 \([0-9a-f]{12}\), partner/),
      );
  });

  it('of the own pair must not be the one that signs', async () => {
    const order = { wanted: 'artefacts 1', reason: 'x' };
    await expect(revokeKey(settings, order)).rejects.toThrow(failsWith('CONFLICT', /ml keys rotate artefacts/));
    await rotateKey(settings, NAME);
    const { undo } = await revokeKey(settings, order);
    expect(known().map(({ revoked }) => revoked?.reason ?? null)).toEqual([null, 'x']);
    await undo();
    expect(known().map(({ revoked }) => revoked)).toEqual([null, null]);
  });

  it('is seen by an open ring within a second', async () => {
    const ring = await openKeyRing(settings);
    await trust('partner');
    await revokeKey(settings, { wanted: 'partner', reason: 'x' });
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    expect(ring.publicKeys(NAME)[1]!.revoked).toMatchObject({ reason: 'x' });
  });
});

it('notes once that earlier artefacts were signed', async () => {
  await markEarlierArtefactsSigned(settings);
  const first = readKeys(settings).earlierArtefactsSignedAt;
  await markEarlierArtefactsSigned(settings);
  expect(first).toBeDefined();
  expect(readKeys(settings).earlierArtefactsSignedAt).toBe(first);
});
