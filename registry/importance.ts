import { z } from 'zod';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadArtefact } from './artefacts.js';

/** File of an artefact with the importance of each feature, as a share of the whole. */
const FILE = 'importance.json';
const importance = z.record(z.string(), z.number());

/** Importance of each feature, as a share of the whole. */
export type Importance = z.infer<typeof importance>;

/** @returns null when the version's artefact keeps no importance. @throws PipelineError as `loadArtefact`. */
export async function readImportance(blobs: BlobStore, artefactHash: string): Promise<Importance | null> {
  const { files } = await loadArtefact(blobs, artefactHash);
  const bytes = files[FILE];
  if (!bytes) return null;
  const parsed = importance.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  return parsed.success ? parsed.data : null;
}
