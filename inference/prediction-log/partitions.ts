import type pg from 'pg';
import { DAY_MS } from '../../learning/time-series/calendar/index.js';

type Client = Pick<pg.ClientBase, 'query'>;

const PREFIX = 'predictions_';
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const nameOf = (day: string): string => PREFIX + day.replaceAll('-', '');

/** Days ahead for which partitions are made, so that a process that cannot make one still writes. */
const DAYS_AHEAD = 3;

/** Makes the partitions of the days (UTC) of these moments that are missing. @param moments - milliseconds. */
export async function ensurePartitions(client: Client, moments: readonly number[]): Promise<void> {
  const days = [...new Set(moments.map(dayOf))];
  const statements = days.map((day) => {
    const next = dayOf(Date.parse(day) + DAY_MS);
    return `create table if not exists serving.${nameOf(day)} partition of serving.predictions
      for values from ('${day}T00:00:00Z') to ('${next}T00:00:00Z');`;
  });
  // Several statements in one query are one transaction. The lock lets one process make them at a time: two that make the
  // same one would fail on each other's name.
  await client.query(`select pg_advisory_xact_lock(hashtext('serving.predictions')); ${statements.join('\n')}`);
}

/** Today's partition and those of the next days. @param now - milliseconds. */
export const ensurePartitionsAhead = (client: Client, now: number): Promise<void> =>
  ensurePartitions(
    client,
    Array.from({ length: DAYS_AHEAD + 1 }, (_, i) => now + i * DAY_MS),
  );

/**
 * Drops partitions whose day ended more than so many days ago. A lock that is not free soon is left to the next time.
 * @returns names of the dropped ones.
 */
export async function dropOldPartitions(
  client: Client,
  { now, days }: { readonly now: number; readonly days: number },
): Promise<readonly string[]> {
  const oldest = nameOf(dayOf(now - days * DAY_MS));
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'serving.predictions'::regclass and c.relname < $1 order by 1`,
    [oldest],
  );
  const names = rows.map(({ name }) => name).filter((name) => /^predictions_\d{8}$/.test(name));
  for (const name of names) await client.query(`set local lock_timeout = '2s'; drop table serving.${name}`);
  return names;
}
