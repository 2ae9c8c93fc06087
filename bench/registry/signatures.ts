import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { loadArtefact, loadManifest, storeArtefact } from '../../registry/artefacts.js';
import { writeBundle } from '../../registry/signing/bundle.js';
import { modelStatement, signedFilesOf } from '../../registry/signing/model-statement.js';
import { createArtefactVerifier } from '../../registry/signing/verify-artefact.js';
import { type BenchmarkRow, reaches } from '../report/suite.js';
import { cpuOf } from '../support/cpu.js';

const MEGABYTES = 100;
const TARGET = { atMost: 0.5 } as const;
const REPETITIONS = 5;

/** Signing from known digests, and a load with signature and every byte verified. */
export async function measureSignatures(folder: string): Promise<BenchmarkRow[]> {
  const blobs = createFileBlobStore(join(folder, 'signed'));
  const keys = await openKeyRing({ home: folder, keyRingFile: null });
  const files = { 'model.onnx': randomBytes(MEGABYTES * 1e6) };
  const content = { modelName: 'bench', definitionVersion: 1, line: 'default', signatureHash: 'a'.repeat(64), files };
  const { artefactHash } = await storeArtefact(blobs, content);
  const sign = async () => {
    const statement = modelStatement('bench', signedFilesOf(artefactHash, await loadManifest(blobs, artefactHash)));
    return writeBundle(statement, (bytes) => keys.signBytes('artefacts', bytes));
  };
  const bundle = await sign();
  const { fingerprint } = keys.publicKeys('artefacts')[0]!;
  const requireSigned = createArtefactVerifier({
    find: () => Promise.resolve([{ kind: 'signature', fingerprint, bundle }]),
    keys: () => Promise.resolve(keys),
  });
  const load = async () => {
    await requireSigned(artefactHash);
    await loadArtefact(blobs, artefactHash);
  };
  return [
    await rowOf('sign an artefact of 100 MB', sign),
    await rowOf('verify an artefact of 100 MB', load),
    await rowOf('of which the signature', () => requireSigned(artefactHash)),
  ];
}

async function rowOf(name: string, work: () => Promise<unknown>): Promise<BenchmarkRow> {
  const times: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) times.push((await cpuOf(work)).seconds);
  const value = Math.min(...times);
  return { name, value, unit: 'CPU-s', target: TARGET, peer: null, pass: reaches(value, TARGET) };
}
