import type pg from 'pg';

/** Sizes that the registry is measured at. */
export const sizes = { runs: 100_000, metrics: 20, steppedRuns: 2_000, steps: 50, versions: 2_000 } as const;

const MODELS = 5;
const MODEL = `'model-' || (i % ${MODELS})`;
const HASH = (text: string): string => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;

/*
 * Runs by SQL, one minute apart, with values that are spread evenly but not in the order of the runs. The rows have the
 * form of recorded ones; no blob stands behind them.
 */
const statements = [
  `insert into registry.models (name) select 'model-' || i from generate_series(0, ${MODELS - 1}) i`,
  `insert into registry.experiments (name, model_name, line)
   select 'model-' || i || '/default', 'model-' || i, 'default' from generate_series(0, ${MODELS - 1}) i`,
  `insert into registry.lines (model_name, line, holdout)
   select 'model-' || i, 'default', '{}' from generate_series(0, ${MODELS - 1}) i`,
  `insert into registry.datasets (hash, model_name, line, rows, origin, notes)
   select ${HASH(`'d' || i`)}, 'model-' || i, 'default', 1000,
     jsonb_build_object('kind', 'snapshot', 'snapshotHash', ${HASH(`'s' || i`)}, 'source', 'backend'), '[]'
   from generate_series(0, ${MODELS - 1}) i`,
  `insert into registry.runs (run_key, model_name, line, workflow_id, status, seed, code_version, dataset_hash, started_at, ended_at)
   select 'k' || i, ${MODEL}, 'default', 'retraining-' || (i / ${MODELS}) || '/' || (${MODEL}),
     case when i % 3 = 0 then 'registered' else 'rejected' end, i, '0.1.0', ${HASH(`'d' || (i % ${MODELS})`)},
     timestamptz '2025-01-01' + i * interval '1 min', timestamptz '2025-01-01' + i * interval '1 min' + (i % 900) * interval '1 s'
   from generate_series(1, ${sizes.runs}) i`,
  `insert into registry.run_params (run_key, model_name, name, value)
   select 'k' || i, ${MODEL}, name, value from generate_series(1, ${sizes.runs}) i,
   lateral (values ('maxDepth', to_jsonb(2 + i % 8)), ('learningRate', to_jsonb((i % 97) / 1000.0)), ('engine', to_jsonb('hist'::text))) p (name, value)`,
  `insert into registry.run_metrics (run_key, model_name, position, name, value, direction, n)
   select 'k' || i, ${MODEL}, m, 'metric' || m, ((i::bigint * 7919 + m * 104729) % 1000003) / 1000003.0, 'higher', 1000
   from generate_series(1, ${sizes.runs}) i, generate_series(0, ${sizes.metrics - 1}) m`,
  `insert into registry.run_tags (run_key, model_name, name, value, set_by)
   select 'k' || i, ${MODEL}, 'team', case when i % 4 = 0 then 'risk' else 'growth' end, 'bench'
   from generate_series(1, ${sizes.runs}, 10) i`,
  `insert into registry.run_metric_steps (run_key, model_name, name, step, value)
   select 'k' || i, ${MODEL}, 'boosting', s, 1.0 / s from generate_series(1, ${sizes.steppedRuns}) i, generate_series(1, ${sizes.steps}) s`,
  `insert into registry.versions (model_name, line, version, artefact_hash, signature_hash, definition_hash, evaluation_hash, dataset_hash, run_key)
   select ${MODEL}, 'default', '1.0.' || (i / ${MODELS}), ${HASH(`'a' || i`)}, ${HASH(`'b'`)}, ${HASH(`'c'`)}, ${HASH(`'e' || i`)},
     ${HASH(`'d' || (i % ${MODELS})`)}, 'k' || i
   from generate_series(1, ${sizes.versions}) i`,
  `insert into registry.version_stages (model_name, line, version, stage)
   select model_name, line, version, 'dev' from registry.versions`,
  'analyze',
];

/** Fills an empty registry. */
export async function fillRegistry(pool: pg.Pool, onProgress: (line: string) => void): Promise<void> {
  for (const statement of statements) {
    onProgress(statement.slice(0, 60).replaceAll(/\s+/g, ' '));
    await pool.query(statement);
  }
}
