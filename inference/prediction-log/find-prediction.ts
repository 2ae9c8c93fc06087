import type pg from 'pg';
import { pipelineError } from '../../contracts/errors.js';
import type { Stage } from '../../contracts/ids.js';
import type { SealedRow } from './sealed-row.js';

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly model_name: string;
  readonly line: string;
  readonly version: string;
  readonly stage: Stage;
  readonly subject_hash: Buffer | null;
  readonly subject_key: number | null;
  readonly features: string | null;
  readonly abstained: boolean;
  readonly latency_ms: number;
  readonly arm: string | null;
  readonly content: Buffer;
}

const SELECT = `
  select id, at, model_name, line, version, stage, subject_hash, subject_key, features::text as features, abstained,
    latency_ms, arm, content
  from serving.predictions where id = $1`;

const toSealedRow = (row: Row): SealedRow => ({
  ...{ id: row.id, at: row.at.getTime(), modelName: row.model_name, line: row.line, version: row.version },
  ...{ stage: row.stage, subjectHash: row.subject_hash, subjectKey: row.subject_key, features: row.features },
  ...{ abstained: row.abstained, latencyMs: row.latency_ms, arm: row.arm, sealed: row.content },
});

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One logged answer, still encrypted. @throws PipelineError `PREDICTION_NOT_FOUND`. */
export async function findPrediction(database: Pick<pg.Pool, 'query'>, id: string): Promise<SealedRow> {
  const { rows } = UUID.test(id) ? await database.query<Row>(SELECT, [id]) : { rows: [] };
  if (rows[0] === undefined) throw pipelineError('PREDICTION_NOT_FOUND', { id });
  return toSealedRow(rows[0]);
}
