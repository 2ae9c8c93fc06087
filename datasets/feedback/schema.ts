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

/*
 * Labels correct more than intents: outcomes of applications, categories of transactions, and annotations of texts.
 * Programs of the former version run on until they are restarted, so the column that they read and write stays and is
 * kept equal by a trigger.
 */
const addCorrections: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `alter table feedback.prediction_feedback
           add corrects text,
           add spans jsonb check (jsonb_typeof(spans) = 'array'),
           add text_hash text check (text_hash ~ '^[0-9a-f]{64}$'),
           add check ((corrects = 'entity_annotations') = (spans is not null and text_hash is not null));
         update feedback.prediction_feedback set corrects = 'chat_messages' where labels_message;
         alter table feedback.prediction_feedback alter labels_message set default false;
         create function feedback.join_labels_message() returns trigger language plpgsql as $$
         begin
           if new.labels_message then new.corrects := coalesce(new.corrects, 'chat_messages'); end if;
           new.labels_message := coalesce(new.corrects = 'chat_messages', false);
           return new;
         end $$;
         create trigger labels_message before insert on feedback.prediction_feedback
           for each row execute function feedback.join_labels_message();
         comment on column feedback.prediction_feedback.labels_message is
           'Of programs before this migration: corrects is chat_messages.';
         comment on column feedback.prediction_feedback.corrects is
           'Table of the backend whose row entity_id the label corrects at extraction; null: none.';
         comment on column feedback.prediction_feedback.spans is 'Annotations of the text: start, end (UTF-16) and type.';
         comment on column feedback.prediction_feedback.text_hash is
           'SHA-256 of the annotated text: extraction leaves spans out whose text is another one in the backend.';
         create index corrections on feedback.prediction_feedback (source, corrects, entity_id, created_at)
           where corrects is not null;`,
      )
      .execute(database);
  },
};

/** Schema `feedback`. */
export const feedbackSchema: OwnedSchema = {
  schema: 'feedback',
  migrations: { '0001-prediction-feedback': createFeedback, '0002-corrections': addCorrections },
};
