import { z } from 'zod';
import { canonicalJson } from '../contracts/canonical-json.js';
import { PipelineError } from '../contracts/errors.js';
import { contentHash, lineName, modelName } from '../contracts/ids.js';
import type { ArtefactFiles } from '../contracts/model-definition.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';

/** Limits for the store, against a faulty trainer, and for memory, against a forged manifest. */
export const artefactLimits = { files: 64, fileBytes: 2 ** 30, totalBytes: 2 ** 31, manifestBytes: 2 ** 20 } as const;

/** A plain file name: no folder, no leading dot, no character with a meaning in paths. */
const fileName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/, 'expected a plain file name');

const artefactFile = z.strictObject({
  name: fileName,
  sha256: contentHash,
  bytes: z.int().nonnegative().max(artefactLimits.fileBytes),
});

/** A feature view or entity state by name, and the version of its code. */
export const dataVersion = z.strictObject({
  kind: z.enum(['feature-view', 'state']),
  name: z.string(),
  version: z.int(),
});
export type DataVersion = z.infer<typeof dataVersion>;

/** Names an artefact: its canonical JSON's hash is the artefact hash. Files are sorted by name. */
export const artefactManifest = z
  .strictObject({
    schemaVersion: z.literal(1),
    modelName,
    definitionVersion: z.int().positive(),
    line: lineName,
    signatureHash: contentHash,
    /** Views and states that training made the inputs of; absent in artefacts from before they were recorded. */
    reads: z.array(dataVersion).optional(),
    files: z.array(artefactFile).min(1).max(artefactLimits.files),
  })
  .refine(({ files }) => new Set(files.map((file) => file.name.toLowerCase())).size === files.length, {
    message: 'two files differ in letter case only',
    path: ['files'],
  })
  .refine(({ files }) => files.reduce((sum, file) => sum + file.bytes, 0) <= artefactLimits.totalBytes, {
    message: `files are over ${artefactLimits.totalBytes} bytes together`,
    path: ['files'],
  });
export type ArtefactManifest = z.infer<typeof artefactManifest>;

export interface ArtefactContent {
  readonly modelName: string;
  readonly definitionVersion: number;
  readonly line: string;
  readonly signatureHash: string;
  readonly reads?: readonly DataVersion[];
  readonly files: ArtefactFiles;
}

const invalid = (message: string, hash: string | null): PipelineError =>
  new PipelineError('ARTEFACT_INVALID', message, { hash });

function checkManifest(candidate: unknown, hash: string | null): ArtefactManifest {
  const parsed = artefactManifest.safeParse(candidate);
  if (!parsed.success) throw invalid(`artefact manifest: ${z.prettifyError(parsed.error)}`, hash);
  return parsed.data;
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const sortedFiles = (files: ArtefactFiles) => Object.entries(files).sort(byName);

/**
 * Checks names and sizes before anything is stored. The hashes are computed here and equal those of the store's `put`.
 */
function checkContent(content: ArtefactContent): void {
  const files = sortedFiles(content.files).map(([name, bytes]) => ({
    name,
    sha256: '0'.repeat(64),
    bytes: bytes.byteLength,
  }));
  checkManifest({ schemaVersion: 1, ...content, files }, null);
}

/**
 * Stores the files, then the manifest that names them: a killed step can leave unreferenced blobs but no partial artefact.
 * @returns the manifest's hash and the size of all files.
 * @throws PipelineError `ARTEFACT_INVALID` for path-like names, no files, or sizes over `artefactLimits`.
 */
export async function storeArtefact(
  blobs: BlobStore,
  content: ArtefactContent,
): Promise<{ readonly artefactHash: string; readonly bytes: number }> {
  checkContent(content);
  const files: ArtefactManifest['files'] = [];
  for (const [name, bytes] of sortedFiles(content.files)) {
    const stored = await blobs.put(bytes);
    files.push({ name, sha256: stored.hash, bytes: stored.bytes });
  }
  const manifest = checkManifest({ schemaVersion: 1, ...content, files }, null);
  const { hash } = await blobs.put(Buffer.from(canonicalJson(manifest)));
  return { artefactHash: hash, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

function parseManifest(bytes: Uint8Array, hash: string): ArtefactManifest {
  if (bytes.byteLength > artefactLimits.manifestBytes)
    throw invalid(`artefact manifest has ${bytes.byteLength} bytes, at most ${artefactLimits.manifestBytes}`, hash);
  try {
    return checkManifest(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), hash);
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    throw invalid(`blob ${hash} is not an artefact manifest: no JSON`, hash);
  }
}

/** @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID`. */
export const loadManifest = async (blobs: BlobStore, hash: string): Promise<ArtefactManifest> =>
  parseManifest(await blobs.get(hash), hash);

async function loadFile(blobs: BlobStore, file: ArtefactManifest['files'][number], hash: string) {
  const bytes = await blobs.get(file.sha256);
  if (bytes.byteLength === file.bytes) return bytes;
  throw invalid(`${file.name} has ${bytes.byteLength} bytes, its manifest says ${file.bytes}`, hash);
}

/**
 * Loads a whole artefact; the store verifies each file against its hash, this against the manifest.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID`.
 */
export async function loadArtefact(
  blobs: BlobStore,
  hash: string,
): Promise<{ readonly manifest: ArtefactManifest; readonly files: ArtefactFiles }> {
  const manifest = await loadManifest(blobs, hash);
  const files: Record<string, Uint8Array> = {};
  for (const file of manifest.files) files[file.name] = await loadFile(blobs, file, hash);
  return { manifest, files };
}
