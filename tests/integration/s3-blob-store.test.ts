import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobKey } from '../../platform/blobs/blob-key.js';
import { openBlobStore, openCheckpointStore, openSealedBlobStore, sealingBy } from '../../platform/blobs/open.js';
import { connectBucket } from '../../platform/blobs/s3-bucket.js';
import { type BlobBackend, checkBlobStore } from '../support/check-blob-store.js';
import { startS3Server } from '../support/s3-server.js';

const server = await startS3Server();
const settings = {
  AWS_ENDPOINT_URL: 'endpoint' in server ? server.endpoint : '',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

if ('unavailable' in server) process.stderr.write(`skipped: blobs in S3: ${server.unavailable}\n`);

describe.skipIf('unavailable' in server)('blobs in S3', () => {
  const bucket = `blobs-${randomUUID()}`;
  const former = { ...process.env };
  let client: S3Client;
  let root: string;
  let count = 0;

  beforeAll(async () => {
    Object.assign(process.env, settings);
    root = await mkdtemp(join(tmpdir(), 's3-cache-'));
    client = new S3Client({ forcePathStyle: true });
    await client.send(
      new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
    );
  });
  afterAll(async () => {
    for (const name of Object.keys(settings)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, former);
    await rm(root, { recursive: true, force: true });
    if ('stop' in server) await server.stop();
  });

  const cacheFolder = (): string => join(root, String((count += 1)));
  const open = () => {
    const prefix = `prefix-${(count += 1)}/deep`;
    const uri = `s3://${bucket}/${prefix}`;
    const cache = cacheFolder();
    const objectOf = (hash: string) => ({ Bucket: bucket, Key: `${prefix}/${blobKey(hash)}` });
    return {
      uri,
      cache,
      store: openBlobStore(uri, cache),
      checkpoints: openCheckpointStore(uri),
      reopen: () => openBlobStore(uri, cacheFolder()),
      async damage(hash, bytes): Promise<void> {
        await (bytes === null
          ? client.send(new DeleteObjectCommand(objectOf(hash)))
          : client.send(new PutObjectCommand({ ...objectOf(hash), Body: bytes })));
      },
    } satisfies BlobBackend & { uri: string; cache: string };
  };

  checkBlobStore(() => Promise.resolve(open()));

  describe('encrypted', () => {
    checkBlobStore(async () => {
      const { uri, cache, checkpoints } = open();
      const sealing = sealingBy({ home: join(root, 'keys'), keyRingFile: null, blobEncryption: true });
      const objectOf = (hash: string) => {
        return { Bucket: bucket, Key: `${uri.slice(`s3://${bucket}/`.length)}/sealed/${hash.slice(0, 2)}/${hash}` };
      };
      return {
        store: openSealedBlobStore(uri, cache, sealing),
        checkpoints,
        reopen: () => openSealedBlobStore(uri, cacheFolder(), sealing),
        async damage(hash, bytes): Promise<void> {
          await (bytes === null
            ? client.send(new DeleteObjectCommand(objectOf(hash)))
            : client.send(new PutObjectCommand({ ...objectOf(hash), Body: bytes })));
        },
      };
    });
  });

  it('renews an object by copying it onto itself, and says when there is none', async () => {
    const prefix = `renewed-${(count += 1)}/with blank`;
    const objects = connectBucket({ bucket, prefix });
    await objects.write('a/b', { bytes: Buffer.from('content') });
    expect(await objects.renew('a/b')).toBe(true);
    expect(new TextDecoder().decode((await objects.read('a/b')) ?? undefined)).toBe('content');
    expect(await objects.renew('a/absent')).toBe(false);
  });

  it('lists more than one page', async () => {
    const { store } = open();
    for (let batch = 0; batch < 11; batch++)
      await Promise.all(Array.from({ length: 100 }, (_, index) => store.put(Buffer.from(`${batch}/${index}`))));
    const hashes = new Set<string>();
    for await (const { hash } of store.list()) hashes.add(hash);
    expect(hashes.size).toBe(1100);
  });

  it('reads a blob lost by the server from its cache, and fetches it again when the cache is damaged', async () => {
    const { store, cache, ...backend } = open();
    const { hash } = await store.put(Buffer.from('kept'));
    const path = await store.localPath(hash);
    await rm(path);
    await writeFile(path, 'rotten');
    expect(Buffer.from(await store.get(hash)).toString()).toBe('kept');
    expect((await store.localPath(hash)).startsWith(cache)).toBe(true);
    await backend.damage(hash, null);
    expect(Buffer.from(await store.get(hash)).toString()).toBe('kept');
    await expect(backend.reopen().get(hash)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
  });

  it('keeps prefixes apart', async () => {
    const [one, other] = [open(), open()];
    const { hash } = await one.store.put(Buffer.from('x'));
    expect(await other.store.has(hash)).toBe(false);
  });

  it('reports a missing bucket as a wrong setting and an unreachable server as an outage', async () => {
    const absent = openBlobStore(`s3://absent-${randomUUID()}/x`, cacheFolder());
    await expect(absent.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    const away = openBlobStore(`s3://${bucket}/x`, cacheFolder());
    const put = away.put(Buffer.from('x')).finally(() => (process.env.AWS_ENDPOINT_URL = settings.AWS_ENDPOINT_URL));
    await expect(put).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });
});
