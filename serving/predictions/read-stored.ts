import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { isSynthetic, sourceOfLine } from '../../contracts/ids.js';
import type { ModelDefinition, RequestFeatures } from '../../contracts/model-definition.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { type FeatureReads, type ReferenceInputs, readReference } from '../../inference/predict-by-reference.js';
import { requireRequestFeatures, trainedWith, type ValuesOfViews } from '../../inference/request-features.js';
import { parseInputs } from '../../inference/answer.js';
import type { ArtefactManifest } from '../../registry/artefacts.js';
import type { ReferenceRequest } from './prediction-request.js';

/** The predictor's input of a request by reference, and what was read for it; null: nothing could be. */
export interface StoredInput {
  readonly input: unknown;
  readonly reads: FeatureReads | null;
  /** Of the views that were read; absent: none were. */
  readonly valuesOfViews?: ValuesOfViews;
}

type Store = Pick<OnlineStore, 'get' | 'getStates'>;

/** Codes that say that the store has nothing to give, which `missingFeatures` decides about. */
const missingCodes: ReadonlySet<string> = new Set(['ENTITY_NOT_FOUND', 'FEATURES_INCOMPLETE', 'FEATURES_UNAVAILABLE']);

/**
 * Reads what is stored of the customer, by the model's rules for stale and missing features.
 * @param now - milliseconds.
 * @param request - `manifest` of the version that answers: it names the versions of views that are read.
 * @throws PipelineError `ENTITY_NOT_FOUND`, `FEATURES_INCOMPLETE`, `FEATURES_STALE`, `FEATURES_UNAVAILABLE`;
 *   `FEATURE_VERSION_MISMATCH`; `INVALID_INPUT`.
 */
export async function readStored(
  store: Store,
  model: ModelDefinition,
  { manifest, ...request }: ReferenceRequest & { readonly line: string; readonly manifest: ArtefactManifest },
  now: number,
): Promise<StoredInput> {
  const features = trainedWith(requireRequestFeatures(model), manifest);
  try {
    const { inputs, reads, valuesOfViews } = await readReference(store, features, {
      source: sourceOfLine(request.line),
      entityId: request.userId,
      known: [request.known],
      now,
    }).catch((fault: unknown) => {
      throw asFeatureFault(fault, sourceOfLine(request.line));
    });
    expectFresh(model, request.line, reads);
    return { input: inputs[0], reads, valuesOfViews };
  } catch (fault) {
    const isMissing = fault instanceof PipelineError && missingCodes.has(fault.code);
    if (!isMissing || model.serving?.missingFeatures !== 'answer') throw fault;
    return { input: withoutFeatures(features, request, now), reads: null };
  }
}

const asFeatureFault = (fault: unknown, source: string): unknown =>
  fault instanceof PipelineError && fault.code === 'SERVICE_UNAVAILABLE'
    ? pipelineError('FEATURES_UNAVAILABLE', { source }, { cause: fault })
    : fault;

/** Generated customers end in the past, so their answers only say how old they are. */
function expectFresh(
  { serving }: ModelDefinition,
  line: string,
  { stale, asOf, source, features, states }: FeatureReads,
): void {
  if (!stale || asOf === null || serving?.staleFeatures !== 'refuse' || isSynthetic(line)) return;
  const views = [...features.map(({ view }) => view), ...states.map(({ state }) => state)];
  throw pipelineError('FEATURES_STALE', { source, asOf, views });
}

/** The input of what the caller sent alone: every stored feature is unknown. */
function withoutFeatures(
  requestFeatures: RequestFeatures,
  { userId: customerId, known: sent }: ReferenceRequest,
  asOf: number,
): ReferenceInputs['inputs'][number] {
  const { views, states = [], known } = requestFeatures;
  const fields = views.flatMap((view) => view.fields.map(({ name }) => [name, null] as const));
  const nothing = states.map(({ view }) => [view.name, null] as const);
  const [parsed] = parseInputs(known, [sent]);
  return requestFeatures.inputOf({
    customerId,
    known: parsed,
    features: Object.fromEntries(fields),
    states: Object.fromEntries(nothing),
    asOf,
  });
}
