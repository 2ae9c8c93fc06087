import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database of the shared server, so that the rows of test files stay apart. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { databaseUrl } = inject('services');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(databaseUrl);
  const admin = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  await admin(`create database ${name}`);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => admin(`drop database if exists ${name} with (force)`) };
}
