import type { Pool } from 'pg';
import type { AnnotatedText, LabelledSpan } from '../../contracts/labelling.js';

/** Annotated messages that are cross-validated, newest first; more take minutes. */
const MOST_MESSAGES = 4000;

interface MessageRow {
  readonly id: string;
  readonly text: string;
  readonly text_group: string | null;
  readonly spans: readonly LabelledSpan[];
}

/** A source's messages that somebody annotated or labelled, newest first; empty and very long texts are left out. */
export async function findAnnotated(pool: Pool, source: string): Promise<AnnotatedText[]> {
  const { rows } = await pool.query<MessageRow>(
    `select message.id, message.text, message.text_group,
            coalesce(json_agg(json_build_object('start', a.start_offset, 'end', a.end_offset, 'type', a.entity_type)
              order by a.start_offset) filter (where a.id is not null), '[]') as spans
     from backend.chat_messages message
     left join backend.entity_annotations a on a.source = message.source and a.message_id = message.id
     where message.source = $1 and btrim(message.text) <> '' and length(message.text) <= 20000
       and (message.intent_labelled_at is not null or a.id is not null)
     group by message.id, message.text, message.text_group, message.sent_at
     order by message.sent_at desc, message.id limit $2`,
    [source, MOST_MESSAGES],
  );
  return rows.map(({ text_group: group, ...message }) => (group === null ? message : { ...message, group }));
}
