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

/** A hub as the real one behaves: fingerprints on a redirect, storage that serves ranges. */
class Hub {
  /** Requests for content: file and range. */
  readonly asked: string[] = [];
  /** Bytes after which a connection is cut, one entry a request. */
  cuts: number[] = [];
  /** Served instead of the content. */
  damaged: Buffer | null = null;
  private server: Server | null = null;

  async start(): Promise<string> {
    this.server = createServer((question, answer) => this.serve(question, answer));
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private serve(question: IncomingMessage, answer: ServerResponse): void {
    const [, name, where, revision, file = ''] = /^\/(.+)\/(resolve|storage)\/(\w+)\/(.+)$/.exec(question.url!) ?? [];
    const content = contents[file];
    if (name !== 'some/encoder' || !content || !['main', COMMIT].includes(revision!)) {
      answer.writeHead(404).end();
      return;
    }
    if (where === 'storage') this.sendContent(question, answer, content);
    else if (file === 'model.safetensors') {
      const linked = { 'x-linked-etag': `"${sha256(content)}"`, 'x-linked-size': content.length };
      const location = question.url!.replace('resolve', 'storage');
      answer.writeHead(302, { ...linked, 'x-repo-commit': COMMIT, location }).end();
    } else {
      const head = { etag: `"${gitSha1(content)}"`, 'x-repo-commit': COMMIT, 'content-length': content.length };
      answer.writeHead(200, head).end(question.method === 'HEAD' ? '' : content);
    }
  }

  private sendContent(question: IncomingMessage, answer: ServerResponse, whole: Buffer): void {
    const { range } = question.headers;
    this.asked.push(range ?? 'all');
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const rest = (this.damaged ?? whole).subarray(from);
    answer.writeHead(range ? 206 : 200, { 'content-length': rest.length });
    const cut = this.cuts.shift();
    if (cut === undefined) answer.end(rest);
    else answer.write(rest.subarray(0, cut), () => setTimeout(() => answer.destroy(), 30));
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

describe('an encoder from the hub', () => {
  it('arrives whole, and the next time without the network', async () => {
    const first = await find();
    expect(first.files).toMatchObject({ name: 'some/encoder', weightsSha256: sha256(weights) });
    expect(Buffer.from(first.files!.weights).equals(weights)).toBe(true);
    await hub.stop();
    expect((await find()).files?.weightsSha256).toBe(sha256(weights));
    expect(hub.asked).toEqual(['all']);
  });

  it('is continued where the connection broke', async () => {
    hub.cuts = [100_000, 50_000];
    const { files } = await find();
    expect(files?.weightsSha256).toBe(sha256(weights));
    expect(hub.asked[0]).toBe('all');
    const starts = hub.asked.slice(1).map((range) => Number(/\d+/.exec(range)![0]));
    expect(starts).toHaveLength(2);
    expect(starts[0]).toBeGreaterThan(0);
    expect(starts[1]).toBeGreaterThan(starts[0]!);
  });

  it('is continued by the next run when this one gave up', async () => {
    hub.cuts = [100_000, 0, 0, 0, 0];
    expect((await find()).files).toBeNull();
    hub.cuts = [];
    hub.asked.length = 0;
    expect((await find()).files?.weightsSha256).toBe(sha256(weights));
    expect(hub.asked[0]).toMatch(/^bytes=\d+-$/);
  });

  it('is refused when its content is not what the fingerprint says, and leaves nothing in the cache', async () => {
    hub.damaged = Buffer.alloc(weights.length, 'x');
    const found = await find();
    expect(found).toMatchObject({ files: null, reason: expect.stringContaining('fingerprint') as string });
    expect(hub.asked).toHaveLength(2);
    const left = await readdir(join(settings.cache, 'encoders', 'some--encoder'));
    expect(left.filter((name) => name !== 'lock')).toEqual([]);
    hub.damaged = null;
    expect((await find()).files?.weightsSha256).toBe(sha256(weights));
  });

  it('is fetched once when two ask at the same time', async () => {
    const both = await Promise.all([find(), find()]);
    expect(both.map(({ files }) => files?.weightsSha256)).toEqual([sha256(weights), sha256(weights)]);
    expect(hub.asked).toEqual(['all']);
  });

  it('that is not there gives a reason that helps', async () => {
    expect(await find('other/encoder')).toMatchObject({
      files: null,
      reason: expect.stringMatching(/404.*ENCODER_PATH/) as string,
    });
    await hub.stop();
    expect(await find()).toMatchObject({ files: null, reason: expect.stringContaining('cannot be reached') as string });
  });

  it.each(['../../etc', 'a/b/c', '', 'a b', 'a/..'])('refuses the name %j', async (name) => {
    await expect(find(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('ENCODER_PATH', () => {
  it('comes first, whatever the name', async () => {
    const path = settings.cache;
    for (const [name, content] of Object.entries(contents)) await writeFile(join(path, name), content);
    const { files } = await find('anything', { path });
    expect(files).toMatchObject({ weightsSha256: sha256(weights) });
    expect(hub.asked).toEqual([]);
  });

  it('is an error when a file is missing: the user meant this folder', async () => {
    await writeFile(join(settings.cache, 'config.json'), '{}');
    await expect(find('x', { path: settings.cache })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      details: { missing: ['tokenizer.json', 'model.safetensors'] },
    });
  });
});
