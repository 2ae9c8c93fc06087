import type { FastifyInstance } from 'fastify';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { HealthReport } from '../health/health-report.js';
import { requireScopes } from '../identity/require-scopes.js';
import { openApiDocument } from '../openapi/document.js';
import { predictionPath } from '../predictions/model-route.js';
import type { Router } from '../routing/router.js';
import type { RouteTable } from '../routing/route-table.js';

interface OperationDeps {
  readonly router: Router;
  readonly models: readonly ModelDefinition[];
  readonly health: () => HealthReport;
}

/** Health, which anybody may ask, and the versions that answer. */
export function operationRoutes(app: FastifyInstance, { router, models, health }: OperationDeps): void {
  app.get('/health', () => health());
  app.get('/health/startup', (_, reply) => {
    const { status } = health();
    return reply.code(status === 'starting' ? 503 : 200).send({ status });
  });
  app.get('/health/ready', (_, reply) => {
    const { status } = health();
    return reply.code(status === 'starting' || status === 'stopping' ? 503 : 200).send({ status });
  });
  app.get('/models', { onRequest: requireScopes() }, () => ({ models: servedVersions(router.table(), models) }));
  app.get('/openapi.json', documentOf(router, models));
}

const servedVersions = ({ routes }: RouteTable, models: readonly ModelDefinition[]): unknown[] =>
  models.flatMap((model) =>
    routes
      .filter(({ record }) => record.modelName === model.name)
      .map(({ record: { modelName, line, version, stage, registeredAt, artefactHash } }) => ({
        route: predictionPath(model),
        ...{ model: modelName, line, version, stage, registeredAt, artefactHash },
      })),
  );

/** The document is written anew when other versions answer. */
function documentOf(router: Router, models: readonly ModelDefinition[]): () => Promise<unknown> {
  let table: RouteTable | null = null;
  let written: Promise<unknown> = Promise.resolve(null);
  return () => {
    if (table !== router.table()) {
      table = router.table();
      written = openApiDocument(router, models);
    }
    return written;
  };
}
