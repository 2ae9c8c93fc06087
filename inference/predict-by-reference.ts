import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import { lineOfSource, sourceOfLine } from '../contracts/ids.js';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import { findModel } from '../models/catalogue.js';
import { parseInputs, predict, type PredictAnswer, type PredictRequest } from './predict.js';
import { readStoredFeatures, type ReadView, requireRequestFeatures } from './request-features.js';

/** A request that names an entity instead of sending its features. */
export interface ReferenceRequest extends Omit<PredictRequest, 'services' | 'inputs'> {
  readonly services: PredictRequest['services'] & {
    readonly onlineStore: Pick<OnlineStore, 'get'>;
  };
  readonly entityId: string;
  /** Data source whose features are read. @default the line's */
  readonly source?: string;
  /** What the caller knows, once for each answer. */
  readonly known: readonly unknown[];
}

export interface ReferenceAnswer extends PredictAnswer {
  readonly source: string;
  /** The views that were read, with the moment up to which they know anything. */
  readonly features: readonly ReadView[];
}

/**
 * Answers for an entity whose features are read from the online store, with what the caller knows beside.
 * @param now - milliseconds, for staleness.
 * @throws PipelineError as `predict` and `readStoredFeatures`; `INVALID_INPUT` when the model reads no stored features,
 *   the source does not feed the line, or what the caller knows does not fit; `SOURCE_NOT_FOUND`.
 */
export async function predictByReference(
  { known, entityId, source: wanted, ...request }: ReferenceRequest,
  now: number,
): Promise<ReferenceAnswer> {
  const { services, line } = request;
  const requestFeatures = requireRequestFeatures(await findModel(request.modelName));
  const parsed = parseInputs(requestFeatures.known, known);
  const source = wanted ?? sourceOfLine(line);
  if (lineOfSource(source) !== line)
    throw new PipelineError('INVALID_INPUT', `the source ${source} does not feed the line ${line}`, { source, line });
  const stored = await readStoredFeatures(services.onlineStore, requestFeatures.views, { source, entityId }, now);
  const asOf = Math.min(now, ...stored.views.map((view) => Date.parse(view.asOf)));
  const parts = { customerId: entityId, features: stored.values, states: {}, asOf };
  const inputs = parsed.map((each) => requestFeatures.inputOf({ ...parts, known: each }));
  return { ...(await predict({ ...request, inputs })), source, features: stored.views };
}

/** What a caller must know beside the entity, as JSON schema. @throws PipelineError as {@link predictByReference}. */
export async function knownSchemaOf(modelName: string): Promise<unknown> {
  const { known } = requireRequestFeatures(await findModel(modelName));
  return z.toJSONSchema(known, { io: 'input', unrepresentable: 'any' });
}
