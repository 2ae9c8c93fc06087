import { type Kysely, type Migration, sql } from 'kysely';
import type { OwnedSchema } from '../../platform/postgres/schemas.js';

/*
 * What callers of the prediction API say about answers, shaped as the backend's `prediction_feedback`: a backend of the
 * user's own is never written, so extraction adds these rows to those that it reads there.
 */
const createFeedback: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table feedback.prediction_feedback (
           source text not null,
           id text collate "C" not null,
           user_id text collate "C",
           model text not null,
           entity_kind text not null,
           entity_id text not null,
           predicted text,
           verdict text not null check (verdict in ('confirmed', 'dismissed', 'corrected')),
           label text check (label <> ''),
           created_at timestamptz not null default clock_timestamp(),
           labels_message boolean not null,
           prediction_id uuid,
           caller text not null,
           idempotency_key text not null,
           content_hash text not null,
           primary key (source, id),
           unique (caller, idempotency_key)
         );
         comment on column feedback.prediction_feedback.labels_message is
           'True when label is the intent of the message entity_id: extraction then labels it.';
         create index message_labels on feedback.prediction_feedback (source, entity_id, created_at) where labels_message;`,
      )
      .execute(database);
  },
};

/** Schema `feedback`. */
export const feedbackSchema: OwnedSchema = {
  schema: 'feedback',
  migrations: { '0001-prediction-feedback': createFeedback },
};
