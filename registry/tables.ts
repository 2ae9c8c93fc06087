import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import type { Comparison, Metric } from '../contracts/evaluation.js';
import type { Decision, Stage } from '../contracts/ids.js';
import type { PromotionRequest, RunStatus } from '../contracts/registry.js';
import type { RetrainingEnd } from '../contracts/reports.js';

/** Written as JSON text, because the driver sends a JavaScript array as a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>;
/** bigint: read as text, written as a number. */
type BigInteger = ColumnType<string, number, number>;
type Moment = Generated<Date>;

interface RunKeyed {
  run_key: string;
  model_name: string;
}

interface IntervalColumns<T> {
  interval_low: T;
  interval_high: T;
  interval_level: T;
}

interface FeatureSetColumns {
  source: string;
  view: string;
  version: number;
  snapshot_hash: string;
  feature_set_hash: string;
  event_time: number;
  entities: number;
  workflow_id: string;
  recorded_at: Moment;
}

/** Tables of schema `registry`. */
export interface RegistryTables {
  models: { name: string; created_at: Moment };
  experiments: { name: string; model_name: string; line: string; created_at: Moment };
  lines: { model_name: string; line: string; holdout: Json<FrozenHoldout>; created_at: Moment };
  holdout_changes: {
    id: Generated<string>;
    model_name: string;
    line: string;
    holdout: Json<FrozenHoldout>;
    actor: string;
    at: Moment;
  };
  datasets: {
    hash: string;
    model_name: string;
    line: string;
    rows: BigInteger;
    origin: Json<DatasetRef['origin']>;
    notes: Json<string[]>;
    recorded_at: Moment;
  };
  runs: RunKeyed & {
    line: string;
    workflow_id: string;
    status: Generated<RunStatus>;
    seed: BigInteger;
    code_version: string;
    dataset_hash: string | null;
    artefact_hash: string | null;
    reasons: ColumnType<string[], string | undefined, string>;
    stated_reason: string | null;
    /** Of the artefact; null until the run is decided, and in runs from before they were recorded. */
    signature_hash: string | null;
    definition_hash: string | null;
    /** Workflow id of the run that this one repeats, and the stage from which. */
    rerun_of: string | null;
    start_stage: string | null;
    started_at: Moment;
    ended_at: ColumnType<Date | null, never, Date>;
  };
  run_steps: {
    run_key: string;
    step: string;
    part: number;
    workflow_id: string;
    model_name: string | null;
    cache_key: string;
    code: string;
    input: Json<unknown>;
    output: Json<unknown>;
    environment: Json<unknown>;
    code_version: string;
    computed_by: string;
    computed_in: string;
    recorded_at: Moment;
  };
  step_usage: {
    run_id: string;
    activity_id: string;
    attempt: number;
    workflow_id: string;
    activity: string;
    computing_seconds: number;
    worker_seconds: number;
    peak_memory_mb: number | null;
    started_at: Date;
    ended_at: Date;
  };
  retraining_reports: {
    run_key: string;
    workflow_id: string;
    source: string;
    line: string;
    status: RetrainingEnd;
    html_hash: string;
    markdown_hash: string;
    started_at: Date;
    ended_at: Date;
  };
  feature_views: {
    name: string;
    version: number;
    definition_hash: string;
    golden_hash: string;
    code_version: string;
    published_at: Moment;
  };
  feature_materialisations: FeatureSetColumns & { whole_event_time: number; computed: number };
  feature_backfills: FeatureSetColumns;
  run_params: RunKeyed & { name: string; value: Json<unknown> };
  run_metrics: RunKeyed &
    IntervalColumns<number | null> & {
      position: number;
      name: string;
      value: number | null;
      direction: Metric['direction'];
      n: BigInteger;
      interval_method: string | null;
      remark: string | null;
    };
  run_tags: RunKeyed & { name: string; value: string; set_by: string; set_at: Moment };
  run_notes: RunKeyed & { id: Generated<string>; note: string; written_by: string; written_at: Moment };
  run_metric_steps: RunKeyed & { name: string; step: number; value: number; at: Date | null };
  run_comparisons: RunKeyed &
    IntervalColumns<number> & {
      against: Comparison['against'];
      metric: string;
      challenger: number;
      other: number;
      difference: number;
      interval_method: string;
      n: BigInteger;
    };
  run_gates: RunKeyed & { position: number; gate: string; passed: boolean; finding: string };
  run_artefacts: RunKeyed & { role: string; hash: string; bytes: BigInteger; recorded_at: Moment };
  versions: RunKeyed & {
    line: string;
    version: string;
    major: Generated<number>;
    minor: Generated<number>;
    patch: Generated<number>;
    artefact_hash: string;
    signature_hash: string;
    definition_hash: string;
    evaluation_hash: string;
    card_hash: string | null;
    dataset_hash: string;
    registered_at: Moment;
  };
  artefact_signatures: {
    artefact_hash: string;
    kind: 'signature' | 'provenance';
    fingerprint: string;
    bundle: string;
    signed_at: Moment;
  };
  registrations: RunKeyed & {
    decision: Exclude<Decision, 'skipped'>;
    version: string | null;
    reasons: Json<string[]>;
    at: Moment;
  };
  overrides: RunKeyed & {
    line: string;
    version: string;
    actor: string;
    reason: string;
    reasons: Json<string[]>;
    at: Moment;
  };
  version_stages: { model_name: string; line: string; version: string; stage: Stage; since: Moment };
  stage_transitions: {
    id: Generated<string>;
    model_name: string;
    line: string;
    version: string;
    from_stage: Stage | null;
    to_stage: Stage;
    kind: 'registration' | 'promotion' | 'displacement' | 'rollback';
    caused_by: string | null;
    actor: string;
    reason: string;
    idempotency_key: string | null;
    demo: Generated<boolean>;
    at: Moment;
  };
  line_changes: {
    id: Generated<string>;
    model_name: string;
    from_line: string;
    to_line: string;
    versions: number;
    runs: number;
    reason: string;
    at: Moment;
  };
  audit_log: {
    /** Id, time and hashes are the trigger's. */
    id: Generated<string>;
    at: Moment;
    actor: string;
    action: string;
    subject: string;
    /** JSON; text, because the hash covers it byte by byte. */
    details: string;
    previous_hash: Generated<string>;
    hash: Generated<string>;
  };
  promotion_requests: {
    request_id: string;
    model_name: string;
    line: string;
    version: string;
    to_stage: Stage;
    status: Generated<PromotionRequest['status']>;
    requested_by: string;
    decided_by: string | null;
    reason: string | null;
    workflow_id: string;
    superseded_by: string | null;
    opened_at: Moment;
    decided_at: ColumnType<Date | null, never, Date>;
  };
}

/** Default schema is `registry`. */
export type RegistryDatabase = Kysely<RegistryTables>;
export type RegistryTransaction = Transaction<RegistryTables>;
