import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { openBlobStore, openCheckpointStore, parseArtifactUri } from './open.js';
import { bucketFault } from './s3-bucket.js';

describe('parseArtifactUri', () => {
  it('parses file: and s3: URIs', () => {
    expect(parseArtifactUri('file:///var/lib/my%20blobs')).toEqual({ kind: 'file', folder: '/var/lib/my blobs' });
    expect(parseArtifactUri('s3://bucket')).toEqual({ kind: 's3', bucket: 'bucket', prefix: '' });
    expect(parseArtifactUri('s3://bucket//a/b/')).toEqual({ kind: 's3', bucket: 'bucket', prefix: 'a/b' });
  });

  it.each(['', '/var/lib/blobs', './blobs', 'gs://bucket/x', 'https://host/x', 's3://', 's3:bucket', 'file://host/x'])(
    'rejects %j and names the valid forms',
    (uri) => {
      const invalidConfig = expect.objectContaining({ code: 'INVALID_CONFIG' }) as unknown;
      expect(() => parseArtifactUri(uri)).toThrow(invalidConfig);
      expect(() => parseArtifactUri(uri)).toThrow(/ARTIFACT_URI is ".*", wanted .*:\/\//);
    },
  );

  it('opens blob store and checkpoint store in the same folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'open-'));
    const uri = pathToFileURL(folder).href;
    const { hash } = await openBlobStore(uri, 'unused').put(Buffer.from('x'));
    await openCheckpointStore(uri).save('key', Buffer.from('state'));
    expect(await openBlobStore(uri, 'unused').has(hash)).toBe(true);
    expect(Buffer.from((await openCheckpointStore(uri).load('key'))!).toString()).toBe('state');
    await rm(folder, { recursive: true });
  });
});

describe('bucketFault', () => {
  const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

  it.each([
    ['NoSuchBucket', 'x', 'the bucket does not exist'],
    ['AccessDenied', 'x', 'may not do this'],
    ['CredentialsProviderError', 'x', 'AWS_ACCESS_KEY_ID'],
    ['Error', 'Region is missing', 'AWS_REGION'],
  ])('reports %s %s as INVALID_CONFIG', (name, message, expected) => {
    const fault = bucketFault(named(name, message), 's3://b/');
    expect(fault).toMatchObject({ code: 'INVALID_CONFIG', retryable: false });
    expect(fault.message).toContain(expected);
  });

  it('reports an outage as retryable and returns a PipelineError unchanged', () => {
    expect(bucketFault(named('TimeoutError', 'no answer'), 's3://b/')).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
    const own = new PipelineError('FILE_NOT_READABLE', 'x');
    expect(bucketFault(own, 's3://b/')).toBe(own);
  });
});
