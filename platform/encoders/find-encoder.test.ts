import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEncoder, type EncoderSettings } from './find-encoder.js';

const COMMIT = 'c'.repeat(40);
const weights = Buffer.alloc(300_000, 'weights of an encoder; ');
const contents: Record<string, Buffer> = {
  'config.json': Buffer.from('{"model_type":"bert"}'),
  'tokenizer.json': Buffer.from('{"model":{}}'),
  'model.safetensors': weights,
};
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const gitSha1 = (bytes: Buffer): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Behaves like the Hugging Face hub: content hashes in the redirect's headers, and storage with range requests. */
class Hub {
  /** The `range` header of each request for content, or `all`. */
  readonly requestedRanges: string[] = [];
  /** Bytes after which the connection is cut, one entry for each request. */
  cuts: number[] = [];
  /** Sent in place of the content. */
  damaged: Buffer | null = null;
  private server: Server | null = null;

  async start(): Promise<string> {
    this.server = createServer((request, response) => this.serve(request, response));
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const [, name, where, revision, file = ''] = /^\/(.+)\/(resolve|storage)\/(\w+)\/(.+)$/.exec(request.url!) ?? [];
    const content = contents[file];
    if (name !== 'some/encoder' || !content || !['main', COMMIT].includes(revision!)) {
      response.writeHead(404).end();
      return;
    }
    if (where === 'storage') this.sendContent(request, response, content);
    else if (file === 'model.safetensors') {
      const linked = { 'x-linked-etag': `"${sha256(content)}"`, 'x-linked-size': content.length };
      const location = request.url!.replace('resolve', 'storage');
      response.writeHead(302, { ...linked, 'x-repo-commit': COMMIT, location }).end();
    } else {
      const head = { etag: `"${gitSha1(content)}"`, 'x-repo-commit': COMMIT, 'content-length': content.length };
      response.writeHead(200, head).end(request.method === 'HEAD' ? '' : content);
    }
  }

  private sendContent(request: IncomingMessage, response: ServerResponse, whole: Buffer): void {
    const { range } = request.headers;
    this.requestedRanges.push(range ?? 'all');
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const rest = (this.damaged ?? whole).subarray(from);
    response.writeHead(range ? 206 : 200, { 'content-length': rest.length });
    const cut = this.cuts.shift();
    if (cut === undefined) response.end(rest);
    // The pause is for a busy machine: what the client has not read when the connection breaks is lost.
    else response.write(rest.subarray(0, cut), () => setTimeout(() => response.destroy(), cut === 0 ? 0 : 400));
  }
}

let hub: Hub;
let settings: EncoderSettings;
const find = (name = 'some/encoder', changed: Partial<EncoderSettings> = {}) =>
  findEncoder(
    name,
    { ...settings, ...changed },
    { signal: AbortSignal.timeout(20_000), onProgress: () => undefined, pauseMs: 1 },
  );

beforeEach(async () => {
  hub = new Hub();
  settings = { path: null, endpoint: await hub.start(), cache: await mkdtemp(join(tmpdir(), 'encoders-')) };
});

afterEach(async () => {
  await hub.stop();
  await rm(settings.cache, { recursive: true, force: true });
});

describe('findEncoder: from the hub', () => {
  it('downloads the files once and reads them from the cache afterwards', async () => {
    const first = await find();
    expect(first.files).toMatchObject({ name: 'some/encoder', weightsSha256: sha256(weights) });
    expect(Buffer.from(first.files!.weights).equals(weights)).toBe(true);
    await hub.stop();
    expect((await find()).files?.weightsSha256).toBe(sha256(weights));
    expect(hub.requestedRanges).toEqual(['all']);
  });

  it('resumes a download after the connection breaks', async () => {
    hub.cuts = [100_000, 50_000];
    const { files } = await find();
    expect(files?.weightsSha256).toBe(sha256(weights));
    expect(hub.requestedRanges[0]).toBe('all');
    const starts = hub.requestedRanges.slice(1).map((range) => Number(/\d+/.exec(range)![0]));
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBeGreaterThan(0);
    expect(starts[1]).toBeGreaterThan(starts[0]!);
  });

  it('resumes in a later call a download that was given up', async () => {
    hub.cuts = [100_000, 0, 0, 0, 0];
    expect((await find()).files).toBeNull();
    hub.cuts = [];
    hub.requestedRanges.length = 0;
    expect((await find()).files?.weightsSha256).toBe(sha256(weights));
    expect(hub.requestedRanges[0]).toMatch(/^bytes=\d+-$/);
  });

  it('rejects content that does not match its hash and leaves no file of it in the cache', async () => {
    hub.damaged = Buffer.alloc(weights.length, 'x');
    const found = await find();
    expect(found).toMatchObject({ files: null, reason: expect.stringContaining('fingerprint') as string });
    expect(hub.requestedRanges).toHaveLength(2);
    const left = await readdir(join(settings.cache, 'encoders', 'some--encoder'));
    expect(left.filter((name) => name !== 'lock')).toEqual([]);
    hub.damaged = null;
    expect((await find()).files?.weightsSha256).toBe(sha256(weights));
  });

  it('downloads once for two concurrent calls', async () => {
    const both = await Promise.all([find(), find()]);
    expect(both.map(({ files }) => files?.weightsSha256)).toEqual([sha256(weights), sha256(weights)]);
    expect(hub.requestedRanges).toEqual(['all']);
  });

  it('returns a reason naming the HTTP status and ENCODER_PATH for an unknown encoder', async () => {
    expect(await find('other/encoder')).toMatchObject({
      files: null,
      reason: expect.stringMatching(/404.*ENCODER_PATH/) as string,
    });
    await hub.stop();
    expect(await find()).toMatchObject({ files: null, reason: expect.stringContaining('cannot be reached') as string });
  });

  it.each(['../../etc', 'a/b/c', '', 'a b', 'a/..'])('rejects the name %j', async (name) => {
    await expect(find(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('findEncoder: ENCODER_PATH', () => {
  it('takes precedence over the hub for every name', async () => {
    const path = settings.cache;
    for (const [name, content] of Object.entries(contents)) await writeFile(join(path, name), content);
    const { files } = await find('anything', { path });
    expect(files).toMatchObject({ weightsSha256: sha256(weights) });
    expect(hub.requestedRanges).toEqual([]);
  });

  it('throws INVALID_CONFIG when the folder lacks a file', async () => {
    await writeFile(join(settings.cache, 'config.json'), '{}');
    await expect(find('x', { path: settings.cache })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      details: { missing: ['tokenizer.json', 'model.safetensors'] },
    });
  });
});
