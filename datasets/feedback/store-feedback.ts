import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { PipelineError } from '../../contracts/errors.js';
import type { Correctable } from '../../contracts/feedback.js';
import type { LabelledSpan } from '../../contracts/labelling.js';
import { hashOfJson } from '../../platform/blobs/hash.js';

/** What somebody says about an answer. */
export interface Feedback {
  readonly source: string;
  readonly userId: string | null;
  readonly modelName: string;
  readonly entityKind: string;
  readonly entityId: string;
  readonly verdict: 'confirmed' | 'dismissed' | 'corrected';
  readonly label: string | null;
  /** What of the backend the label, or the annotations, correct; null: nothing. */
  readonly corrects: Correctable | null;
  /** Exactly where `corrects` is `entity_annotations`. */
  readonly annotations: GivenAnnotations | null;
  readonly predictionId: string | null;
}

/** All annotations that a text has, as a person sees them. */
export interface GivenAnnotations {
  /** Without overlap; []: the text has no entity. */
  readonly spans: readonly LabelledSpan[];
  /** SHA-256 of the text. */
  readonly textHash: string;
}

export interface StoredFeedback {
  readonly id: string;
  /** True when the same was stored under this key before. */
  readonly repeated: boolean;
}

const INSERT = `
  insert into feedback.prediction_feedback
    (source, id, user_id, model, entity_kind, entity_id, verdict, label, corrects, spans, text_hash, prediction_id, caller,
     idempotency_key, content_hash)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
  on conflict (caller, idempotency_key) do nothing returning id`;

const FIND = `
  select id, content_hash as "contentHash" from feedback.prediction_feedback where caller = $1 and idempotency_key = $2`;

/**
 * Stores feedback once for each key of a caller.
 * @param by - who says so, and the key; null: the content is the key.
 * @throws PipelineError `CONFLICT` when the key was used for something else.
 */
export async function storeFeedback(
  database: Pick<pg.Pool, 'query'>,
  feedback: Feedback,
  by: { readonly caller: string; readonly key: string | null },
): Promise<StoredFeedback> {
  const { source, userId, modelName, entityKind, entityId, verdict, label, corrects, predictionId } = feedback;
  const contentHash = hashOfJson(feedback);
  const key = by.key ?? contentHash;
  const about = [source, `api-${randomUUID()}`, userId, modelName, entityKind, entityId];
  const { spans, textHash } = feedback.annotations ?? { spans: null, textHash: null };
  const correction = [corrects, spans && JSON.stringify(spans), textHash];
  const values = [...about, verdict, label, ...correction, predictionId, by.caller, key, contentHash];
  const written = await database.query<{ id: string }>(INSERT, values);
  if (written.rows[0] !== undefined) return { id: written.rows[0].id, repeated: false };
  const { rows } = await database.query<{ id: string; contentHash: string }>(FIND, [by.caller, key]);
  if (rows[0]?.contentHash === contentHash) return { id: rows[0].id, repeated: true };
  throw new PipelineError('CONFLICT', 'this Idempotency-Key was used for another feedback', {});
}
