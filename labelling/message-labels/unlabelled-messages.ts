import type { Pool } from 'pg';

/** Unlabelled messages that are scored, newest first: more take longer and give no better choice. */
const MOST_MESSAGES = 20_000;

export interface UnlabelledMessage {
  readonly id: string;
  readonly text: string;
}

/** A source's messages without an intent, newest first; empty and very long texts are left out. */
export async function findUnlabelled(pool: Pool, source: string): Promise<UnlabelledMessage[]> {
  const { rows } = await pool.query<UnlabelledMessage>(
    `select id, text from backend.chat_messages
     where source = $1 and intent is null and btrim(text) <> '' and length(text) <= 20000
     order by sent_at desc, id limit $2`,
    [source, MOST_MESSAGES],
  );
  return rows;
}
