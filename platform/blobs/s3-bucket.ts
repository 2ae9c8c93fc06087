import { createReadStream } from 'node:fs';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import { serviceUnavailable } from '../outage.js';

/** Operations on one bucket and prefix that the blob and checkpoint stores use. Keys are relative to the prefix. */
export interface Bucket {
  /** `s3://bucket/prefix`, for messages. */
  readonly name: string;
  read(key: string): Promise<Uint8Array | null>;
  /** The bytes as a stream; null when absent. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Null when absent. */
  describe(key: string): Promise<ObjectFacts | null>;
  /** Makes an object count as written now. @returns false when it is absent. */
  renew(key: string): Promise<boolean>;
  write(key: string, body: UploadBody): Promise<void>;
  remove(key: string): Promise<void>;
  /** As `removeOlder` of a blob store. */
  removeOlder(key: string, before: number): Promise<boolean>;
  list(keyPrefix: string): AsyncIterable<ObjectFacts & { readonly key: string }>;
}

export interface ObjectFacts {
  readonly bytes: number;
  /** When it was last written, milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Bytes, or a file that is read again for each attempt; the server rejects content whose hash is not `sha256`. */
export type UploadBody =
  | { readonly bytes: Uint8Array; readonly sha256?: string }
  | { readonly path: string; readonly length: number; readonly sha256: string };

/** Bucket name, and the key prefix without slashes at its ends ('' for none). */
export interface BucketOptions {
  readonly bucket: string;
  readonly prefix: string;
}

const ATTEMPTS = 5;
const isAbsent = (fault: unknown): boolean =>
  fault instanceof S3ServiceException && (fault.name === 'NoSuchKey' || fault.name === 'NotFound');

/** Faults that an operator must correct; all others count as an outage and may be retried. */
const misconfigured: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist',
  AccessDenied: 'the credentials may not do this',
  Forbidden: 'the credentials may not do this',
  InvalidAccessKeyId: 'the access key is unknown',
  SignatureDoesNotMatch: 'the secret key is wrong',
  CredentialsProviderError: 'no credentials were found (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)',
};

/** An SDK error as a PipelineError: wrong settings are `INVALID_CONFIG`, the rest `SERVICE_UNAVAILABLE` (retryable). */
export function bucketFault(fault: unknown, name: string): PipelineError {
  if (fault instanceof PipelineError) return fault;
  const message = messageOf(fault);
  const label = fault instanceof Error ? fault.name : 'unknown';
  const setting = message.includes('Region is missing') ? 'no region is set (AWS_REGION)' : misconfigured[label];
  const details = { store: name, fault: label };
  if (setting !== undefined)
    return new PipelineError('INVALID_CONFIG', `${name}: ${setting} (${message})`, details, { cause: fault });
  return serviceUnavailable(name, `${label}: ${message}`, { details, cause: fault });
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

function requestBody(body: UploadBody) {
  const checksum = body.sha256 === undefined ? {} : { ChecksumSHA256: base64(body.sha256) };
  if ('bytes' in body) return { Body: body.bytes, ContentLength: body.bytes.byteLength, ...checksum };
  return { Body: createReadStream(body.path), ContentLength: body.length, ...checksum };
}

/** A bucket on S3 or an S3-compatible server, with path-style addresses, which all such servers support. */
class S3Bucket implements Bucket {
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ bucket, prefix }: BucketOptions) {
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.name = `s3://${bucket}/${prefix}`;
    // Only explicit checksums are sent: not every server supports the SDK's default trailing checksums.
    this.#client = new S3Client({
      forcePathStyle: true,
      maxAttempts: ATTEMPTS,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async read(key: string): Promise<Uint8Array | null> {
    return this.#absentAsNull(async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(key)));
      if (Body === undefined) throw serviceUnavailable(this.name, `empty response for ${key}`);
      return Body.transformToByteArray();
    });
  }

  async stream(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    return this.#absentAsNull(async () => {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#object(key)));
      if (Body === undefined) throw serviceUnavailable(this.name, `empty response for ${key}`);
      return Body as unknown as AsyncIterable<Uint8Array>; // a readable stream of Node
    });
  }

  async describe(key: string): Promise<ObjectFacts | null> {
    return this.#absentAsNull(async () => {
      const { ContentLength, LastModified } = await this.#client.send(new HeadObjectCommand(this.#object(key)));
      return { bytes: ContentLength ?? 0, modifiedAt: LastModified?.getTime() ?? 0 };
    });
  }

  async renew(key: string): Promise<boolean> {
    const object = this.#object(key);
    const source = [object.Bucket, ...object.Key.split('/')].map(encodeURIComponent).join('/');
    // An object may be copied onto itself when its metadata are given anew.
    const copy = { ...object, CopySource: source, MetadataDirective: 'REPLACE' } as const;
    const done = await this.#absentAsNull(() => this.#client.send(new CopyObjectCommand(copy)));
    return done !== null;
  }

  async write(key: string, body: UploadBody): Promise<void> {
    const attempt = async (left: number): Promise<void> => {
      try {
        await this.#client.send(new PutObjectCommand({ ...this.#object(key), ...requestBody(body) }));
      } catch (fault) {
        // The SDK retries uploads from memory, but cannot rewind a stream.
        const mayRepeat = 'path' in body && left > 1 && bucketFault(fault, this.name).retryable;
        if (!mayRepeat) throw bucketFault(fault, this.name);
        await attempt(left - 1);
      }
    };
    await attempt(ATTEMPTS);
  }

  async remove(key: string): Promise<void> {
    await this.#absentAsNull(() => this.#client.send(new DeleteObjectCommand(this.#object(key))));
  }

  /** What is renewed between the two requests is lost: a collection's `before` lies hours back. */
  async removeOlder(key: string, before: number): Promise<boolean> {
    const found = await this.describe(key);
    if (found === null || found.modifiedAt >= before) return false;
    await this.remove(key);
    return true;
  }

  async *list(keyPrefix: string): AsyncIterable<ObjectFacts & { readonly key: string }> {
    let token: string | undefined;
    do {
      const page = await this.#page(keyPrefix, token);
      for (const { Key, Size, LastModified } of page.Contents ?? [])
        if (Key !== undefined)
          yield { key: Key.slice(this.#prefix.length), bytes: Size ?? 0, modifiedAt: LastModified?.getTime() ?? 0 };
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  #object(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + key };
  }

  async #page(keyPrefix: string, token: string | undefined) {
    const Prefix = this.#prefix + keyPrefix;
    const request = { Bucket: this.#bucket, Prefix, ContinuationToken: token };
    try {
      return await this.#client.send(new ListObjectsV2Command(request));
    } catch (fault) {
      throw bucketFault(fault, this.name);
    }
  }

  async #absentAsNull<T>(operation: () => Promise<T>): Promise<T | null> {
    try {
      return await operation();
    } catch (fault) {
      if (isAbsent(fault)) return null;
      throw bucketFault(fault, this.name);
    }
  }
}

/** A bucket client; the first operation opens the connection. */
export const connectBucket = (options: BucketOptions): Bucket => new S3Bucket(options);
