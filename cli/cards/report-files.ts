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

const DATA_REPORT_LINK = /href="([0-9a-f]{64})"/g;

/** Writes the data reports that a page links beside the cards, and links the files. */
async function withDataReports(
  blobs: BlobStore,
  { html, file, folder }: { readonly html: string; readonly file: string; readonly folder: string },
): Promise<string> {
  let linked = html;
  for (const [, hash] of html.matchAll(DATA_REPORT_LINK)) {
    if (!(await blobs.has(hash!))) continue;
    const page = join(folder, `data-report-${hash!.slice(0, 12)}.html`);
    if (!existsSync(page)) writeDurably(page, new TextDecoder().decode(await blobs.get(hash!)));
    linked = linked.replaceAll(`href="${hash!}"`, `href="${hrefBetween(file, page)}"`);
  }
  return linked;
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
  writeDurably(file, await withDataReports(blobs, { html, file, folder }));
  return file;
}

/** Relative address of one file in another. */
const hrefBetween = (from: string, to: string): string =>
  relative(dirname(from), to).split(sep).map(encodeURIComponent).join('/');
