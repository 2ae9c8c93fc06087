import type { ServerResponse } from 'node:http';
import type { BlobStore } from '../../blobs/blob-store.js';

/** Where the gateway serves stored pages by their hash. */
export const REPORTS_PATH = '/reports/';

/** Reads one stored page; null when the hash names none that a browser may see. */
export type FindPage = (hash: string) => Promise<StoredPage | null>;

interface StoredPage {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The hash that a path names; null for every other path. */
export const pageHashOf = (path: string): string | null =>
  new RegExp(`^${REPORTS_PATH}([0-9a-f]{64})$`).exec(path)?.[1] ?? null;

/** Pages among the blobs: model cards and other HTML of this program, and reports on data. Rows and models are none. */
export const pagesIn =
  (blobs: Pick<BlobStore, 'has' | 'get'>): FindPage =>
  async (hash) => {
    if (!(await blobs.has(hash))) return null;
    const bytes = await blobs.get(hash);
    const contentType = contentTypeOf(new TextDecoder().decode(bytes));
    return contentType === null ? null : { contentType, bytes };
  };

function contentTypeOf(text: string): string | null {
  if (text.startsWith('<!doctype html>')) return 'text/html; charset=utf-8';
  return isDataReport(text) ? 'application/json; charset=utf-8' : null;
}

function isDataReport(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    return (JSON.parse(text) as { kind?: unknown }).kind === 'quality-report';
  } catch {
    return false;
  }
}

/** Answers with a page. It has an origin of its own and no scripts, since the UI on the same host may do everything. */
export async function sendPage(find: FindPage, hash: string, response: ServerResponse): Promise<void> {
  const page = await find(hash).catch(() => null);
  if (page === null) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end('There is no page of this hash: it is of another installation, or was removed.\n');
    return;
  }
  response.writeHead(200, {
    'content-type': page.contentType,
    'content-security-policy': "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'private, max-age=31536000, immutable',
  });
  response.end(page.bytes);
}
