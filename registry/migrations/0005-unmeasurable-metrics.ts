import { type Kysely, type Migration, sql } from 'kysely';

/** A metric without rows has no value but a remark that says why; a remark also stands for an interval left out. */
export const unmeasurableMetrics: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `alter table registry.run_metrics alter column value drop not null;
         alter table registry.run_metrics add column remark text check (remark <> '');
         alter table registry.run_metrics add constraint run_metrics_value_or_remark
           check (value is not null or (remark is not null and interval_low is null));`,
      )
      .execute(database);
  },
};
