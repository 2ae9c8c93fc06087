import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_LINE, type Stage } from '../../contracts/ids.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { writeDurably } from '../../platform/durable-file.js';
import { htmlWithReport } from './report-link.js';
import { htmlWithStage } from '../../registry/model-cards/present-stage.js';

/** What names the file of a card. */
export interface CardKey {
  readonly modelName: string;
  readonly line: string;
  /** Null for a run that its gates rejected. */
  readonly version: string | null;
  readonly workflowId: string;
}

/**
 * `credit-risk-scorer-1.0.0.html`, with the line when it is not that of the user's own backend. The card of a rejected
 * run is named by its run, so that the next rejection leaves it as it is.
 */
export function cardFileName({ modelName, line, version, workflowId }: CardKey): string {
  const lined = line === DEFAULT_LINE ? modelName : `${modelName}-${line}`;
  const run = workflowId.replace(new RegExp(`/${modelName}$`), '').replaceAll(/[^\w.-]/g, '-');
  return `${lined}-${version ?? `rejected-${run}`}.html`;
}

/** Folder of the cards, private as the numbers in them are. */
export async function makeCardFolder(home: string): Promise<string> {
  const folder = join(home, 'cards');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700); // also one of an older version
  return folder;
}

interface StoredCard {
  /** Null for a run without a card. */
  readonly cardHash: string | null;
  readonly fileName: string;
  /** Of the version now; null without one. */
  readonly stage: Stage | null;
}

/**
 * Writes a stored card, with the present stage of its version, as a file that a browser opens.
 * @returns its path, or null when there is no card or its blob is lost.
 */
export async function writeCard(
  blobs: BlobStore,
  home: string,
  { cardHash, fileName, stage }: StoredCard,
): Promise<string | null> {
  if (cardHash === null || !(await blobs.has(cardHash))) return null;
  const folder = await makeCardFolder(home);
  const path = join(folder, fileName);
  const html = htmlWithReport(new TextDecoder().decode(await blobs.get(cardHash)), folder);
  writeDurably(path, stage === null ? html : htmlWithStage(html, stage, new Date()));
  return path;
}

/** Writes the card of a version. @returns as `writeCard`. */
export const writeVersionCard = (blobs: BlobStore, home: string, version: VersionRecord): Promise<string | null> =>
  writeCard(blobs, home, { ...version, fileName: cardFileName(version) });
