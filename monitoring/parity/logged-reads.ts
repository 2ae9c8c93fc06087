import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { FeatureView } from '../../contracts/feature-view.js';
import { type AnswerContent, openContent } from '../../inference/prediction-log/sealed-row.js';
import type { ReadView } from '../../inference/request-features.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';

/** One view as the API read it for an answer. */
export interface LoggedRead {
  readonly predictionId: string;
  /** When it was answered; milliseconds. */
  readonly at: number;
  /** HMAC of the entity's id, hex, and the version of its key. */
  readonly entityHash: string;
  readonly entityKey: number;
  readonly view: string;
  readonly version: number;
  /** The moment that the value says it is of; milliseconds. */
  readonly eventTime: number;
  /** As the store gave them; null: logged before values were kept, and not in the input either. */
  readonly values: Float64Array | null;
}

interface Row {
  readonly id: string;
  readonly at: Date;
  readonly subject_hash: Buffer;
  readonly subject_key: number;
  readonly features: readonly ReadView[];
  readonly content: Buffer;
}

/*
 * Ids are random, so rows from a random id on are a sample, and the primary key finds them. Where they end before the
 * sample is full, it goes on with the smallest ids.
 */
const SAMPLE = `
  with own as not materialized (
    select id, at, subject_hash, subject_key, features->'features' as features, content from serving.predictions
    where at >= $1 and at < $2 and subject_hash is not null and features->>'source' = $3
      and case when jsonb_typeof(features->'features') = 'array' then jsonb_array_length(features->'features') > 0 end
  )
  (select * from own where id >= $4::uuid order by id limit $5)
  union all
  (select * from own where id < $4::uuid order by id limit $5)
  limit $5`;

/** Which answers are drawn. */
export interface ReadSample {
  readonly source: string;
  /** Milliseconds; `until` is not included. */
  readonly since: number;
  readonly until: number;
  readonly size: number;
  /** The same text draws the same rows. */
  readonly seed: string;
}

/** A pseudo-random id. */
function pivotOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

/** The values of a view; of older rows from the input, where it holds every field of the view by its name. */
function valuesOf({ valuesOfViews, input }: AnswerContent, view: string, views: readonly FeatureView[]) {
  const stored = valuesOfViews?.[view];
  if (stored !== undefined) return stored;
  const definition = views.find(({ name }) => name === view);
  if (definition === undefined || typeof input !== 'object' || input === null) return null;
  const given = input as Readonly<Record<string, unknown>>;
  const values = definition.fields.map(({ name }) => given[name]);
  if (!values.every((value) => value === null || typeof value === 'number')) return null;
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

/**
 * Draws answers of the API that read feature views of a source, and opens what was read.
 * @returns the number of answers, and one read for each of their views.
 * @throws PipelineError `KEY_NOT_FOUND`, `DECRYPTION_FAILED`.
 */
export async function drawReads(
  database: Pick<pg.Pool, 'query'>,
  keys: Pick<KeyRing, 'open'>,
  views: readonly FeatureView[],
  { source, since, until, size, seed }: ReadSample,
): Promise<{ readonly answers: number; readonly reads: readonly LoggedRead[] }> {
  const window = [new Date(since), new Date(until)];
  const { rows } = await database.query<Row>(SAMPLE, [...window, source, pivotOf(seed), size]);
  const reads = rows.flatMap((row): LoggedRead[] => {
    const content = openContent(keys, { id: row.id, sealed: row.content });
    const answer = { predictionId: row.id, at: row.at.getTime() };
    const entity = { entityHash: row.subject_hash.toString('hex'), entityKey: row.subject_key };
    return row.features.map(({ view, version, asOf }) => ({
      ...answer,
      ...entity,
      ...{ view, version, eventTime: Date.parse(asOf), values: valuesOf(content, view, views) },
    }));
  });
  return { answers: rows.length, reads };
}
