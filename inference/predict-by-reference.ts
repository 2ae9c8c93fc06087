import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import { lineOfSource, sourceOfLine } from '../contracts/ids.js';
import type { RequestFeatures, RequestParts } from '../contracts/model-definition.js';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import { findModel } from '../models/catalogue.js';
import type { DataVersion } from '../registry/artefacts.js';
import { chooseVersion } from '../registry/choose-version.js';
import { parseInputs } from './answer.js';
import { predict, type PredictAnswer, type PredictRequest } from './predict.js';
import {
  type EntityReference,
  type ReadState,
  readStates,
  readStoredFeatures,
  type ReadView,
  requireRequestFeatures,
  trainedWith,
  type ValuesOfViews,
} from './request-features.js';

/** A request that names an entity instead of sending its features. */
export interface ReferenceRequest extends Omit<PredictRequest, 'services' | 'inputs'> {
  readonly services: PredictRequest['services'] & {
    readonly onlineStore: Pick<OnlineStore, 'get' | 'getStates'>;
  };
  readonly entityId: string;
  /** Data source whose features are read. @default the line's */
  readonly source?: string;
  /** What the caller knows, once for each answer. */
  readonly known: readonly unknown[];
}

/** What was read for answers by reference. */
export interface FeatureReads {
  readonly source: string;
  /** The moment up to which everything that was read is known (ISO 8601); null when nothing was stored. */
  readonly asOf: string | null;
  /** Whether a view or state is older than its time to live. */
  readonly stale: boolean;
  /** The views that were read, with the moment up to which they know anything. */
  readonly features: readonly ReadView[];
  /** The states that were read, likewise. */
  readonly states: readonly ReadState[];
}

export interface ReferenceAnswer extends PredictAnswer, FeatureReads {}

/** Inputs made of what is stored and what the caller knows, with what was read. */
export interface ReferenceInputs {
  /** (n,) in the order of what the caller knows; the predictor's, not parsed yet. */
  readonly inputs: readonly unknown[];
  readonly reads: FeatureReads;
  /** Of the views that were read, before anything was made of them. */
  readonly valuesOfViews: ValuesOfViews;
}

/**
 * Answers for a customer whose features and states are read from the online store, with what the caller knows beside.
 * @param now - milliseconds, for staleness.
 * @throws PipelineError as `predict`, `readStoredFeatures` and `readStates`; `INVALID_INPUT` when the model reads nothing
 *   stored, the source does not feed the line, or what the caller knows does not fit; `SOURCE_NOT_FOUND`.
 */
export async function predictByReference(
  { known, entityId, source, ...request }: ReferenceRequest,
  now: number,
): Promise<ReferenceAnswer> {
  const { services, line } = request;
  const defined = requireRequestFeatures(await findModel(request.modelName));
  const record = await chooseVersion(services.registry, request);
  const artefact = { ...record, variant: request.variant };
  const requestFeatures = await services.predictors.use(artefact, (_, manifest) => trainedWith(defined, manifest));
  const reference = { entityId, source: sourceFor(line, source), known, now };
  const { inputs, reads } = await readReference(services.onlineStore, requestFeatures, reference);
  return { ...(await predict({ ...request, inputs, reads: dataVersionsOf(requestFeatures) })), ...reads };
}

function sourceFor(line: string, wanted: string | undefined): string {
  const source = wanted ?? sourceOfLine(line);
  if (lineOfSource(source) === line) return source;
  throw new PipelineError('INVALID_INPUT', `the source ${source} does not feed the line ${line}`, { source, line });
}

/**
 * Inputs of requests about one entity: what the caller knows, and features and states from the online store.
 * @param reference - `known` as the caller sent it, (n,); `now` in milliseconds, for staleness.
 * @throws PipelineError `INVALID_INPUT`, `ENTITY_NOT_FOUND`, `FEATURES_INCOMPLETE`, `SERVICE_UNAVAILABLE`.
 */
export async function readReference(
  store: ReferenceRequest['services']['onlineStore'],
  requestFeatures: RequestFeatures,
  reference: EntityReference & { readonly known: readonly unknown[]; readonly now: number },
): Promise<ReferenceInputs> {
  const known = parseInputs(requestFeatures.known, reference.known);
  const stored = await readStored(store, requestFeatures, { ...reference, known });
  const { features, states, valuesOfViews } = stored;
  const inputs = stored.parts.map((parts) => requestFeatures.inputOf(parts));
  return { inputs, reads: { source: reference.source, ...freshnessOf(stored), features, states }, valuesOfViews };
}

interface Stored {
  readonly parts: readonly RequestParts[];
  readonly features: readonly ReadView[];
  readonly states: readonly ReadState[];
  readonly valuesOfViews: ValuesOfViews;
}

/** Views and states of a customer, as the parts of each request. */
async function readStored(
  store: ReferenceRequest['services']['onlineStore'],
  requestFeatures: RequestFeatures,
  { known, now, ...reference }: EntityReference & { readonly known: readonly unknown[]; readonly now: number },
): Promise<Stored> {
  const stored = await readStoredFeatures(store, requestFeatures.views, reference, now);
  const { values: features, views, valuesOfViews } = stored;
  const { states, read } = await readStates(store, requestFeatures, reference, { known, now });
  const knownUntil = Math.min(now, ...views.map(({ asOf }) => Date.parse(asOf)));
  const parts = known.map((each, i): RequestParts => {
    const own = Object.values(states[i]!).flatMap((state) => (state === null ? [] : [state.asOf]));
    const asOf = Math.min(knownUntil, ...own);
    return { customerId: reference.entityId, known: each, features, states: states[i]!, asOf };
  });
  return { parts, features: views, states: read, valuesOfViews };
}

/** The earliest moment of what was read, because from then on something is not known. */
function freshnessOf({ features, states }: Pick<Stored, 'features' | 'states'>): Pick<FeatureReads, 'asOf' | 'stale'> {
  const read = [...features, ...states];
  const moments = read.flatMap(({ asOf }) => (asOf === null ? [] : [asOf])).sort();
  return { asOf: moments[0] ?? null, stale: read.some(({ stale }) => stale) };
}

/** Views and states that a model's requests by reference read. */
export const dataVersionsOf = ({ views, states = [] }: RequestFeatures): DataVersion[] => [
  ...views.map(({ name, version }) => ({ kind: 'feature-view' as const, name, version })),
  ...states.map(({ view: { name, version } }) => ({ kind: 'state' as const, name, version })),
];

/** What a caller must know beside the entity, as JSON schema. @throws PipelineError as {@link predictByReference}. */
export async function knownSchemaOf(modelName: string): Promise<unknown> {
  const { known } = requireRequestFeatures(await findModel(modelName));
  return z.toJSONSchema(known, { io: 'input', unrepresentable: 'any' });
}
