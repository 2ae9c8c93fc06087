import { type Kysely, type Migration, sql } from 'kysely';
import type { OwnedSchema } from '../../platform/postgres/schemas.js';
import { createDrift } from '../drift/schema.js';
import { createFeatureTables } from '../feature-tables.js';

/* What somebody should look at. An alert that is open is not opened again: it counts how often it was seen. */
const createAlerts: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table monitoring.alert_records (
           id bigint generated always as identity primary key,
           kind text not null check (kind <> ''),
           severity text not null check (severity in ('warning', 'critical')),
           subject text not null check (subject <> ''),
           message text not null,
           seen integer not null default 1,
           opened_at timestamptz not null default clock_timestamp(),
           last_seen_at timestamptz not null default clock_timestamp(),
           acknowledged_at timestamptz,
           acknowledged_by text,
           resolved_at timestamptz,
           check ((acknowledged_at is null) = (acknowledged_by is null))
         );
         create unique index one_open_alert on monitoring.alert_records (kind, subject) where resolved_at is null;`,
      )
      .execute(database);
  },
};

/** Schema `monitoring`. */
export const monitoringSchema: OwnedSchema = {
  schema: 'monitoring',
  migrations: {
    '0001-alert-records': createAlerts,
    '0002-feature-monitoring': createFeatureTables,
    '0003-drift': createDrift,
  },
};
