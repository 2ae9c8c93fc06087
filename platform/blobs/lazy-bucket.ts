import type { Bucket, BucketOptions } from './s3-bucket.js';

/** A bucket whose client library, which is large, is imported by the first operation. */
export function lazyBucket(options: BucketOptions): Bucket {
  let loaded: Promise<Bucket> | undefined;
  const bucket = (): Promise<Bucket> =>
    (loaded ??= import('./s3-bucket.js').then(({ connectBucket }) => connectBucket(options)));
  return {
    name: `s3://${options.bucket}/${options.prefix}`,
    read: async (key) => (await bucket()).read(key),
    stream: async (key) => (await bucket()).stream(key),
    describe: async (key) => (await bucket()).describe(key),
    renew: async (key) => (await bucket()).renew(key),
    write: async (key, body) => (await bucket()).write(key, body),
    removeOlder: async (key, before) => (await bucket()).removeOlder(key, before),
    remove: async (key) => (await bucket()).remove(key),
    async *list(keyPrefix) {
      yield* (await bucket()).list(keyPrefix);
    },
  };
}
