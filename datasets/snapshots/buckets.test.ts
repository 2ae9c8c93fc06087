import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketCount, bucketOf, duckDbHash, NO_USER, snapshotBuckets, userColumnOf } from './buckets.js';
import { quoteText, withDuckDb } from './duckdb.js';

describe('bucketOf', () => {
  it('is the same function in SQL of DuckDB, for any text', () =>
    withDuckDb(async (connection) => {
      const buckets = 64;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 50 }), async (ids) => {
          const texts = ids.map((id) => Buffer.from(id.replaceAll('\0', '0')).toString());
          const values = texts.map((id) => `(${quoteText(id)})`).join(', ');
          const found = await connection.runAndReadAll(
            `select (${duckDbHash('id')} % ${buckets})::double from (values ${values}) as t(id)`,
          );
          expect(found.getColumns()[0]).toEqual(texts.map((id) => bucketOf(id, buckets)));
        }),
        { numRuns: 50 },
      );
    }));

  it('is the remainder of the first 32 bits of md5, and a bucket of its own without a user', () => {
    expect(bucketOf('user-1', 4_096)).toBe(0xd6d77053 % 4_096);
    expect(bucketOf(null, 4)).toBe(NO_USER);
    expect(bucketOf('', 1)).toBe(0);
  });
});

describe('bucketCount', () => {
  it.each([
    [0, 1],
    [250_000, 1],
    [250_001, 2],
    [1_000_001, 8],
    [10_000_000, 64],
    [1e12, 4_096],
  ])('makes of %i transactions %i buckets', (transactions, buckets) => {
    expect(bucketCount(transactions)).toBe(buckets);
  });
});

describe('snapshotBuckets', () => {
  const part = { hash: 'a'.repeat(64), bytes: 1 };
  const table = { table: 'users' as const, rows: 1, eventTime: null, queryHash: part.hash };

  it('are those with rows, in ascending order', () => {
    const parts = [2, NO_USER, 0].map((bucket) => ({ ...part, bucket, rows: bucket === 0 ? 0 : 1 }));
    expect(snapshotBuckets({ tables: [{ ...table, parts }] })).toEqual([NO_USER, 2]);
  });

  it('are one in a snapshot from before there were any', () => {
    expect(snapshotBuckets({ tables: [{ ...table, parts: [{ ...part, rows: 1 }] }] })).toEqual([0]);
  });
});

describe('userColumnOf', () => {
  it('names the column of the user, or none', () => {
    expect(userColumnOf('users')).toBe('id');
    expect(userColumnOf('transactions')).toBe('user_id');
    expect(userColumnOf('entity_annotations')).toBeNull();
  });
});
