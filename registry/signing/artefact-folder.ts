import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { sha256OfFile } from '../../platform/blobs/hash.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import type { PublicKey } from '../../platform/keys/public-keys.js';
import { loadArtefact } from '../artefacts.js';
import { openBundle } from './bundle.js';
import { fileDifference, MANIFEST_FILE, readModelStatement, type SignedFile } from './model-statement.js';
import type { StoredSignature } from './signature-table.js';

/** Names in an exported folder: the signed files are in one of their own, so that nothing in it is unsigned. */
export const exportNames = {
  files: 'artefact',
  signature: 'model.sig',
  provenance: 'provenance.sig',
  publicKey: 'public-key.pem',
} as const;

/**
 * Writes an artefact's files with its signature, the public key, and the statement of its origin where there is one.
 * @throws PipelineError `INVALID_INPUT` when the folder exists and is not empty; `FILE_NOT_READABLE` when it cannot be
 *   written; as `loadArtefact`.
 */
export async function exportArtefact(
  blobs: BlobStore,
  artefactHash: string,
  order: {
    readonly folder: string;
    readonly signature: StoredSignature;
    readonly provenance: StoredSignature | null;
    readonly key: PublicKey;
  },
): Promise<readonly string[]> {
  const { folder, signature, provenance, key } = order;
  const { manifest, files } = await loadArtefact(blobs, artefactHash);
  const written: readonly (readonly [string, string | Uint8Array])[] = [
    ...Object.entries(files).map(([name, bytes]) => [join(exportNames.files, name), bytes] as const),
    [join(exportNames.files, MANIFEST_FILE), canonicalJson(manifest)],
    [exportNames.signature, signature.bundle],
    ...(provenance === null ? [] : [[exportNames.provenance, provenance.bundle] as const]),
    [exportNames.publicKey, key.pem],
  ];
  try {
    await requireEmpty(folder);
    await mkdir(join(folder, exportNames.files), { recursive: true });
    for (const [name, content] of written) await writeFile(join(folder, name), content, { flag: 'wx' });
  } catch (fault) {
    throw fault instanceof PipelineError ? fault : fileNotReadable(folder, fault);
  }
  return written.map(([name]) => name);
}

async function requireEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((fault: unknown) => {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  });
  if (found.length > 0)
    throw new PipelineError('INVALID_INPUT', `${folder} is not empty; name a new folder`, { folder });
}

const ignoring = z.object({
  predicate: z.object({ serialization: z.object({ ignore_paths: z.array(z.string()).default([]) }) }),
});

/**
 * Verifies a folder against a signature file, as `model_signing verify key` does: every file is read and hashed.
 * @returns the key that signed and the number of files.
 * @throws PipelineError `SIGNATURE_REFUSED`; `FILE_NOT_READABLE`.
 */
export async function verifyFolder(
  folder: string,
  signatureFile: string,
  keys: readonly PublicKey[],
): Promise<{ readonly key: PublicKey; readonly files: number }> {
  const refuse = (finding: string) => pipelineError('SIGNATURE_REFUSED', { subject: folder, finding });
  const opened = openBundle(await readText(signatureFile), keys);
  if ('refused' in opened) throw refuse(opened.refused);
  const signed = readModelStatement(opened.statement);
  if (typeof signed === 'string') throw refuse(signed);
  const { ignore_paths: ignored } = ignoring.parse(opened.statement).predicate.serialization;
  const difference = fileDifference(signed, await hashFolder(folder, ignored));
  if (difference !== null) throw refuse(`does not fit: ${difference}`);
  return { key: opened.key, files: signed.length };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    throw fileNotReadable(path, fault);
  }
}

/** Files below a folder with `/` in their names. Links are refused: what they lead to is not in the folder. */
async function hashFolder(folder: string, ignored: readonly string[]): Promise<SignedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((fault: unknown) => {
    throw fileNotReadable(folder, fault);
  });
  const files: SignedFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    if (ignored.some((one) => name === one || name.startsWith(`${one}/`)) || entry.isDirectory()) continue;
    if (!entry.isFile()) throw new PipelineError('INVALID_INPUT', `${name} is not a regular file`, { file: name });
    files.push({ name, digest: (await sha256OfFile(path)).hash });
  }
  return files;
}
