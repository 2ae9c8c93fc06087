import { type Kysely, type Migration, sql } from 'kysely';

/** A public set's own division into train and test may be a line's frozen holdout. */
export const givenHoldout: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `alter table registry.lines drop constraint lines_holdout_check;
         alter table registry.lines add constraint lines_holdout_check
           check (holdout ->> 'kind' in ('group', 'time', 'given'));`,
      )
      .execute(database);
  },
};
