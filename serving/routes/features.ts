import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { boundedText } from '../../contracts/bounded-text.js';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import { sourceOfLine } from '../../contracts/ids.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { definedViews } from '../../feature-store/definitions/index.js';
import { onlineNameOf } from '../../feature-store/online/online-name.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { parseInputs } from '../../inference/answer.js';
import { requireScopes } from '../identity/require-scopes.js';
import { expectOwn } from '../predictions/prediction-request.js';
import { activeLine, type RouteTable } from '../routing/route-table.js';
import { describeFeatures, type EntityFeatures } from './describe-features.js';
import { BATCH_LIMIT_ROWS } from './limits.js';
import { type PushFeatures, pushRoute } from './push-features.js';

const entityId = boundedText(200).min(1);
const oneEntity = z.object({ view: z.string(), entity: entityId });
const severalEntities = z.strictObject({ entities: z.array(entityId).min(1).max(BATCH_LIMIT_ROWS) });

interface FeatureDeps {
  readonly onlineStore: Pick<OnlineStore, 'get'>;
  readonly models: readonly ModelDefinition[];
  readonly table: () => RouteTable;
  readonly push: PushFeatures;
}

/** `/features/<view>` and `/features/<view>/<entity>`, of the source in use. */
export function featureRoutes(app: FastifyInstance, deps: FeatureDeps): void {
  const views = viewsOf(deps.models);
  const options = { onRequest: requireScopes('features'), config: { limited: true } };
  app.get('/features/:view/:entity', options, async (request) => {
    const { view: name, entity } = parseInputs(oneEntity, [request.params])[0]!;
    const view = requireView(views, name);
    const [found] = await readEntities(deps, request, view, [entity]);
    if (found === null || found === undefined)
      throw pipelineError('ENTITY_NOT_FOUND', { source: sourceInUse(deps), views: [name] });
    return found;
  });
  app.post('/features/:view', options, async (request) => {
    const view = requireView(views, (request.params as { view: string }).view);
    const { entities } = parseInputs(severalEntities, [request.body])[0]!;
    return { features: await readEntities(deps, request, view, entities) };
  });
  pushRoute(app, { ...deps, requireView: (name) => requireView(views, name) });
}

const sourceInUse = ({ table }: FeatureDeps): string => sourceOfLine(activeLine(table()));

/** By name the version that the models read, by reference any that the code defines. */
function viewsOf(models: readonly ModelDefinition[]): ReadonlyMap<string, FeatureView> {
  const read = models.flatMap(({ backend }) => backend.views);
  return new Map([
    ...[...definedViews, ...read].map((view) => [referenceOf(view), view] as const),
    ...read.map((view) => [view.name, view] as const),
  ]);
}

function requireView(views: ReadonlyMap<string, FeatureView>, name: string): FeatureView {
  const view = views.get(name);
  if (view !== undefined) return view;
  const known = [...views.keys()].filter((key) => !key.includes('@')).sort();
  throw new PipelineError('INVALID_INPUT', `there is no feature view of this name; known: ${known.join(', ')}`, {
    known,
  });
}

/** (n,) in the order of the entities; null = the store knows no such entity. */
async function readEntities(
  deps: FeatureDeps,
  { caller }: FastifyRequest,
  view: FeatureView,
  entities: readonly string[],
): Promise<(EntityFeatures | null)[]> {
  for (const entity of entities) expectOwn(entity, caller);
  const source = sourceInUse(deps);
  const values = await deps.onlineStore.get(source, onlineNameOf(view), entities).catch((cause: unknown) => {
    throw pipelineError('FEATURES_UNAVAILABLE', { source }, { cause });
  });
  return values.map((value, i) => (value === null ? null : describeFeatures(view, entities[i]!, value)));
}
