import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { migrateBackend } from '../../datasets/sources/backend/tables.js';
import { createTestDatabase } from '../support/test-database.js';

/** The database of an invented product, with an owner and a user that may only read the views. */
export interface Shop {
  readonly ownerUrl: string;
  readonly readerUrl: string;
  drop(): Promise<void>;
}

function* customers() {
  for (const { rows } of generateCustomers({ users: 60, months: 24, seed: 5 })) yield rows;
}

/**
 * Tables of schema `app` with the names of the template, and types of the product's own: enums, padded text, keys of
 * limited length. There is no schema `backend` yet; the reader may read whatever will be made in it.
 */
export async function createShop(): Promise<Shop> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url });
  const role = `shop_reader_${randomUUID().slice(0, 8)}`;
  const password = randomUUID();
  await migrateBackend(pool);
  await replaceSource(pool, 'shop', customers());
  await pool.query(`
    alter schema backend rename to app;
    create type app.loan_kind as enum ('personal', 'home', 'vehicle', 'education', 'gold', 'card_emi', 'other');
    alter table app.users alter currency type char(3), alter id type varchar(40), drop column source;
    alter table app.loans alter kind type app.loan_kind using kind::app.loan_kind, alter term_months type smallint;
    create role ${role} login password '${password}';
    create schema backend;
    grant usage on schema backend to ${role};
    alter default privileges in schema backend grant select on tables to ${role}`);
  await pool.end();
  const reader = new URL(database.url);
  [reader.username, reader.password] = [role, password];
  return {
    ownerUrl: database.url,
    readerUrl: reader.href,
    async drop() {
      const owner = new pg.Client({ connectionString: database.url });
      await owner.connect();
      await owner.query(`drop owned by ${role} cascade; drop role ${role}`);
      await owner.end();
      await database.drop();
    },
  };
}
