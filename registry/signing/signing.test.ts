import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PublicKey } from '../../platform/keys/public-keys.js';
import { fingerprintOf, pemOf } from '../../platform/keys/public-keys.js';
import { BUNDLE_TYPE, openBundle, type Statement, writeBundle } from './bundle.js';
import { fileDifference, modelStatement, readModelStatement, rootDigest, signedFilesOf } from './model-statement.js';
import { provenanceStatement } from './provenance.js';
import { createArtefactVerifier, judgeSignature } from './verify-artefact.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = (key: KeyObject, more: Partial<PublicKey> = {}): PublicKey => ({
  ...{ fingerprint: fingerprintOf(key), pem: pemOf(key), key, label: 'artefacts 1', own: true, addedAt: '' },
  revoked: null,
  ...more,
});
const signBy = (key: KeyObject) => (content: Uint8Array) => ({
  fingerprint: fingerprintOf(key),
  signature: sign('sha256', content, key),
});
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const manifest = { files: [{ name: 'model.onnx', sha256: hash('model'), bytes: 5 }] };
const HASH = hash('manifest');
const files = signedFilesOf(HASH, manifest);
const statement = modelStatement('credit', files);
const bundle = writeBundle(statement, signBy(pair.privateKey));
const keys = [publicKey(pair.publicKey)];
const stored = (text: string) => ({
  kind: 'signature' as const,
  fingerprint: fingerprintOf(pair.publicKey),
  bundle: text,
});
const judged = (text: string, by = keys) => judgeSignature(stored(text), HASH, by, files).refused;

describe('a bundle', () => {
  it('has the fields of model_signing 1.1.1 in their order', () => {
    expect(JSON.parse(bundle)).toEqual({
      mediaType: BUNDLE_TYPE,
      verificationMaterial: { publicKey: { hint: fingerprintOf(pair.publicKey) }, tlogEntries: [] },
      dsseEnvelope: {
        payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
        payloadType: 'application/vnd.in-toto+json',
        signatures: [{ sig: expect.any(String) as string, keyid: '' }],
      },
    });
  });

  it('holds for the key that signed', () => {
    expect(judged(bundle)).toBeNull();
    expect(openBundle(bundle, keys)).toMatchObject({ statement, key: { label: 'artefacts 1' } });
  });

  it('is refused when any byte of what is signed was changed', () => {
    const changed = JSON.parse(bundle) as { dsseEnvelope: { payload: string } };
    const payload = Buffer.from(changed.dsseEnvelope.payload, 'base64');
    for (let i = 0; i < payload.length; i += 7) {
      const copy = Buffer.from(payload);
      copy[i]! ^= 1;
      changed.dsseEnvelope.payload = copy.toString('base64');
      expect(judged(JSON.stringify(changed)), `byte ${i}`).toMatch(/was changed/);
    }
  });

  it('is refused when unknown, revoked or by another key under the same hint', () => {
    expect(judged(bundle, [publicKey(other.publicKey)])).toMatch(
      /is by the key [0-9a-f]{12}, which is not trusted here/,
    );
    const revoked = { at: '2026-11-30T00:00:00Z', reason: 'laptop lost' };
    expect(judged(bundle, [publicKey(pair.publicKey, { revoked })])).toBe(
      'is by the key "artefacts 1", which was revoked: laptop lost',
    );
    const hint = { fingerprint: fingerprintOf(pair.publicKey) };
    const forged = writeBundle(statement, (content) => ({ ...signBy(other.privateKey)(content), ...hint }));
    expect(judged(forged)).toMatch(/was changed/);
  });

  it.each([
    ['nothing', ''],
    ['JSON that is no bundle', '{}'],
    ['too much', ' '.repeat(2 ** 20 + 1)],
    ['another media type', bundle.replace('v0.3', 'v0.2')],
    ['another payload type', bundle.replace('vnd.in-toto', 'vnd.other')],
    ['no signature', bundle.replace(/"signatures":\[.*?\]/, '"signatures":[]')],
  ])('is refused when it is %s', (_, text) => {
    expect(judged(text)).toBe('is not a sigstore bundle with a DSSE envelope');
  });
});

describe('a statement', () => {
  const signed = (change: (it: Statement) => unknown) =>
    writeBundle(change(statement) as Statement, signBy(pair.privateKey));

  it('names the files by name with one digest for all', () => {
    expect(readModelStatement(statement)).toEqual(files);
    expect(files.map(({ name }) => name)).toEqual(['manifest.json', 'model.onnx']);
    expect(rootDigest(files)).toBe(
      createHash('sha256')
        .update(Buffer.from(HASH, 'hex'))
        .update(Buffer.from(hash('model'), 'hex'))
        .digest('hex'),
    );
  });

  it('is refused when it is of another kind, of another artefact, or contradicts itself', () => {
    expect(judged(signed((it) => ({ ...it, predicateType: 'https://slsa.dev/provenance/v1' })))).toMatch(
      /not a statement of/,
    );
    expect(judged(signed(() => modelStatement('credit', signedFilesOf(hash('x'), manifest))))).toMatch(
      /another artefact/,
    );
    const subject = [{ name: 'credit', digest: { sha256: hash('x') } }];
    expect(judged(signed((it) => ({ ...it, subject })))).toMatch(/do not give its own subject/);
    const twice = [...files, files[0]!];
    expect(judged(signed(() => modelStatement('credit', twice)))).toMatch(/names a file twice/);
    const fewer = files.filter(({ name }) => name === 'manifest.json');
    expect(judged(signed(() => modelStatement('credit', fewer)))).toBe('model.onnx was not signed');
  });

  it('says where files differ', () => {
    expect(fileDifference(files, files)).toBeNull();
    expect(fileDifference(files, files.slice(1))).toBe('manifest.json is missing');
    expect(
      fileDifference(
        files,
        files.map((file) => ({ ...file, digest: hash('y') })),
      ),
    ).toMatch(/is not what was signed/);
  });
});

describe('the verifier', () => {
  const verifier = (bundles: readonly string[], told: (string | null)[] = []) =>
    createArtefactVerifier({
      find: () => Promise.resolve(bundles.map(stored)),
      keys: () => Promise.resolve({ publicKeys: () => keys }),
      onOutcome: async (_, refusal) => void told.push(refusal?.code ?? null),
    });

  it('accepts an artefact that one of several keys signed, and tells so', async () => {
    const told: (string | null)[] = [];
    const foreign = writeBundle(statement, signBy(other.privateKey));
    await verifier([foreign, bundle], told)(HASH);
    expect(told).toEqual([null]);
  });

  it('refuses an unsigned one and one with another signature, with what helps', async () => {
    const told: (string | null)[] = [];
    await expect(verifier([], told)(HASH)).rejects.toMatchObject({ code: 'ARTEFACT_UNSIGNED' });
    await expect(verifier([writeBundle(statement, signBy(other.privateKey))], told)(HASH)).rejects.toMatchObject({
      code: 'SIGNATURE_REFUSED',
      message: expect.stringMatching(/^the signature of the artefact [0-9a-f]{12} is by the key/) as string,
    });
    expect(told).toEqual(['ARTEFACT_UNSIGNED', 'SIGNATURE_REFUSED']);
  });
});

describe('the statement of origin', () => {
  const run = { workflowId: 'weekly', runKey: 'k', codeVersion: '0.1.0+3f2a9c1', seed: 42, params: { maxDepth: 6 } };
  const facts = {
    version: { modelName: 'credit', line: 'default', definitionHash: hash('d') },
    run: { ...run, statedReason: null, startedAt: new Date(0) },
    encoders: [{ name: 'distilbert', hash: hash('weights') }],
    environment: { node: '20.20.0' },
  };

  it('follows SLSA provenance v1 with the digests of all inputs', () => {
    const origin = { kind: 'snapshot', snapshotHash: hash('s'), source: 'backend' };
    const made = provenanceStatement(
      files,
      { definitionVersion: 3 },
      { ...facts, dataset: { hash: hash('rows'), origin } },
    );
    expect(made).toMatchObject({
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: files.map(({ name, digest }) => ({ name, digest: { sha256: digest } })),
      predicate: {
        buildDefinition: {
          externalParameters: { model: 'credit', line: 'default', parameters: { maxDepth: 6 }, seed: 42 },
          internalParameters: { definitionVersion: 3, reads: [] },
          resolvedDependencies: [
            { name: 'dataset', digest: { sha256: hash('rows') } },
            { name: 'snapshot', digest: { sha256: hash('s') }, annotations: { source: 'backend' } },
            { name: 'code', annotations: { version: '0.1.0', commit: '3f2a9c1' } },
            { name: 'encoder distilbert', digest: { sha256: hash('weights') } },
          ],
        },
        runDetails: { metadata: { invocationId: 'weekly/k', startedOn: '1970-01-01T00:00:00.000Z' } },
      },
    });
  });

  it('names a file by its data set alone', () => {
    const origin = { kind: 'file', fileName: 'a.csv', format: 'csv' };
    const made = provenanceStatement(
      files,
      { definitionVersion: 3 },
      { ...facts, dataset: { hash: hash('rows'), origin } },
    );
    expect(JSON.stringify(made)).not.toContain('"snapshot"');
  });
});
