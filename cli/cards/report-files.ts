import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { RunRecord } from '../../contracts/registry.js';
import type { RetrainingReport } from '../../contracts/reports.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { writeDurably } from '../../platform/durable-file.js';
import { cardFileName, makeCardFolder, writeCard } from './card-files.js';
import { reportFileName } from './report-link.js';

interface WrittenReport {
  readonly report: RetrainingReport;
  /** Of the retraining, whose cards the report links. */
  readonly runs: readonly RunRecord[];
  /** Absolute; null: beside the cards. */
  readonly path: string | null;
}

/**
 * Writes a stored report as a file that a browser opens, and the cards that it links where they are missing. Within the
 * store a link is the hash of a card; in a file it is the path to the card's file.
 * @returns its path, or null when its blob is lost.
 */
export async function writeReportFile(
  blobs: BlobStore,
  home: string,
  { report, runs, path }: WrittenReport,
): Promise<string | null> {
  if (!(await blobs.has(report.htmlHash))) return null;
  const folder = await makeCardFolder(home);
  const file = path ?? join(folder, reportFileName(report.workflowId));
  let html = new TextDecoder().decode(await blobs.get(report.htmlHash));
  for (const run of runs) {
    if (run.cardHash === null || !html.includes(`href="${run.cardHash}"`)) continue;
    const card = join(folder, cardFileName(run));
    if (!existsSync(card)) await writeCard(blobs, home, { ...run, fileName: cardFileName(run), stage: null });
    html = html.replaceAll(`href="${run.cardHash}"`, `href="${hrefBetween(file, card)}"`);
  }
  writeDurably(file, html);
  return file;
}

/** Relative address of one file in another. */
const hrefBetween = (from: string, to: string): string =>
  relative(dirname(from), to).split(sep).map(encodeURIComponent).join('/');
