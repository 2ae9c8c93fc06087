import { type Kysely, type Migration, sql } from 'kysely';
import type { OwnedSchema } from '../../platform/postgres/schemas.js';

/*
 * One row an answer, in partitions by day (UTC) that the API makes ahead and drops when they are over their age. The key
 * has the time because a unique key must have the columns that rows are divided by; a row is written again with the same
 * id and time only.
 */
const statements = [
  `create table serving.predictions (
     id uuid not null,
     at timestamptz not null,
     model_name text not null,
     line text not null,
     version text not null,
     stage text not null,
     subject_hash bytea,
     subject_key integer,
     features jsonb,
     abstained boolean not null,
     latency_ms real not null,
     arm text,
     content bytea not null,
     primary key (id, at),
     check ((subject_hash is null) = (subject_key is null))
   ) partition by range (at)`,
  `comment on table serving.predictions is
     'Answers of the prediction API. content: input, output and reasons, packed (MessagePack) and encrypted; ml predictions show.'`,
  `create index predictions_by_model on serving.predictions (model_name, line, at)`,
  `create index predictions_by_subject on serving.predictions (subject_hash) where subject_hash is not null`,
];

const createPredictions: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};

/** Schema `serving`. */
export const servingSchema: OwnedSchema = {
  schema: 'serving',
  migrations: { '0001-predictions': createPredictions },
};
