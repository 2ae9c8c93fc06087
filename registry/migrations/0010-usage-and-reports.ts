import { type Kysely, type Migration, sql } from 'kysely';

/** What each step of a workflow used, and the report of each retraining. */
export const usageAndReports: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table registry.step_usage (
           run_id text not null,
           activity_id text not null,
           attempt integer not null check (attempt >= 1),
           workflow_id text not null,
           activity text not null,
           computing_seconds double precision not null check (computing_seconds >= 0),
           worker_seconds double precision not null check (worker_seconds >= 0),
           peak_memory_mb integer check (peak_memory_mb >= 0),
           started_at timestamptz not null,
           ended_at timestamptz not null,
           primary key (run_id, activity_id, attempt)
         );
         comment on table registry.step_usage is
           'What attempts of steps used: CPU-seconds of computing processes, the share of the worker''s, and the highest resident memory of a computing process.';
         create index on registry.step_usage (workflow_id text_pattern_ops);
         create index on registry.run_steps (workflow_id text_pattern_ops);
         create table registry.retraining_reports (
           run_key text primary key,
           workflow_id text not null,
           source text not null,
           line text not null,
           status text not null check (status in ('completed', 'rejected', 'failed', 'cancelled')),
           html_hash registry.content_hash not null,
           markdown_hash registry.content_hash not null,
           started_at timestamptz not null,
           ended_at timestamptz not null
         );
         comment on table registry.retraining_reports is 'The report of each retraining, as HTML and as Markdown, by the hash of its blob.';
         create index on registry.retraining_reports (workflow_id, started_at desc);`,
      )
      .execute(database);
  },
};
