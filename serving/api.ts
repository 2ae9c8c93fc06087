import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { pipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import type { DriftScore } from '../monitoring/drift/drift-scores.js';
import type { ApiSettings } from '../platform/config/config.js';
import type { ViewHealth } from './health/follow-freshness.js';
import { reportHealth } from './health/health-report.js';
import type { ServiceHealth } from './health/watch-services.js';
import { type DrainTimes, watchConnections } from './http/end-connections.js';
import { watchMethods } from './http/other-methods.js';
import { parseJson } from './http/parse-json.js';
import { replyWithProblem } from './http/problem.js';
import { HEAD_LIMIT_BYTES, refuseUnreadable } from './http/unreadable-request.js';
import type { FeatureRate } from './metrics/feature-rates.js';
import { createMetrics } from './metrics/metrics.js';
import type { PredictionLog } from './log/prediction-log.js';
import { observeRequests } from './metrics/observe-requests.js';
import { type CachingRedis, createAnswerCache } from './cache/answer-cache.js';
import { createAdmission } from './limits/admission.js';
import { countRefusals } from './limits/count-rejections.js';
import { limitRequests } from './limits/limit-requests.js';
import { limitServer } from './limits/limit-server.js';
import type { TrafficLimits } from './limits/traffic-limits.js';
import type { VerifyToken } from './identity/verify-token.js';
import { Predictions } from './predictions/predictions.js';
import { docsRoutes } from './routes/docs.js';
import { featureRoutes } from './routes/features.js';
import { type FeedbackDeps, feedbackRoute } from './routes/feedback.js';
import { BODY_LIMIT_BYTES } from './routes/limits.js';
import { metricsRoute } from './routes/metrics.js';
import { operationRoutes } from './routes/operation.js';
import type { PushFeatures } from './routes/push-features.js';
import { predictRoutes } from './routes/predict.js';
import type { Router } from './routing/router.js';

/** Parts of the API that it does not make itself. */
export interface ApiDeps {
  readonly router: Router;
  readonly models: readonly ModelDefinition[];
  readonly onlineStore: Pick<OnlineStore, 'get' | 'getStates'>;
  readonly push: PushFeatures;
  readonly verifyToken: VerifyToken;
  readonly services: () => readonly ServiceHealth[];
  /** Of what the online store has of views and states, from memory. @default none */
  readonly freshness?: () => readonly ViewHealth[];
  readonly limits: TrafficLimits;
  /** Where answers are stored; null: nowhere. */
  readonly cacheRedis: CachingRedis;
  readonly settings: Pick<ApiSettings, 'corsOrigins' | 'traffic'>;
  readonly predictionLog: PredictionLog;
  /** Of the last checks for drift. */
  readonly driftScores?: () => readonly DriftScore[];
  /** Of the features that were materialised last. @default none */
  readonly featureRates?: () => readonly FeatureRate[];
  /** Where feedback goes. */
  readonly feedback: Pick<FeedbackDeps, 'database' | 'keys'>;
  readonly logger: Logger;
  /** How long closing waits for connections. */
  readonly drain?: DrainTimes;
}

/** Time for the head and the body of a request to arrive. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Encoded characters of one part of an address: what is too long for it is refused by its schema, as all else. */
const PARAMETER_LIMIT = HEAD_LIMIT_BYTES;

/** The API as a Fastify application that does not listen yet. Closing it lets running requests end. */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    childLoggerFactory: (logger) => logger,
    return503OnClosing: true,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (...failed) => void replyWithProblem(...failed),
    routerOptions: { maxParamLength: PARAMETER_LIMIT },
  }) as unknown as FastifyInstance;
  const { router, models, onlineStore, services, settings, predictionLog: log } = deps;
  const { mostInFlight, scoreDecimals } = settings.traffic;
  const metrics = createMetrics();
  const admission = createAdmission({ most: mostInFlight });
  limitServer(app, { admission, metrics });
  let isStopping = false;
  const endConnections = watchConnections(app.server, deps.drain);
  app.addHook('preClose', (done) => {
    isStopping = true;
    endConnections();
    done();
  });
  const limits = countRefusals(deps.limits, metrics);
  metrics.watch({
    table: () => router.table(),
    queueDepth: () => admission.inFlight(),
    predictionLog: () => log.status(),
    driftScores: deps.driftScores ?? (() => []),
    featureRates: deps.featureRates ?? (() => []),
  });
  const refuseOtherMethods = watchMethods(app);
  limitRequests(app, { admission, limits, metrics });
  observeRequests(app, metrics);
  await secure(app, deps);
  readBodies(app);
  app.setErrorHandler(replyWithProblem);
  app.setNotFoundHandler((request) => {
    throw pipelineError('ROUTE_NOT_FOUND', { method: request.method, path: request.url.split('?', 1)[0]! });
  });
  const freshness = deps.freshness ?? (() => []);
  const health = () => reportHealth({ router, models, services, freshness, log, admission, isStopping: () => isStopping }); // prettier-ignore
  operationRoutes(app, { router, models, health });
  const cache = createAnswerCache({ redis: deps.cacheRedis, count: (...looked) => metrics.countCache(...looked) });
  const predictions = new Predictions({ router, onlineStore, cache, log });
  predictRoutes(app, { predictions, models, metrics, limits, scoreDecimals });
  featureRoutes(app, { onlineStore, models, push: deps.push, table: () => router.table() });
  feedbackRoute(app, { ...deps.feedback, models, table: () => router.table() });
  metricsRoute(app, metrics);
  await app.register(docsRoutes);
  refuseOtherMethods();
  return app;
}

/** Headers of every answer that is no page: nothing of it is to be stored, framed or read as another type. */
const answerHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

async function secure(app: FastifyInstance, { settings, verifyToken }: ApiDeps): Promise<void> {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(answerHeaders).header('x-request-id', request.id);
    done();
  });
  const { corsOrigins } = settings;
  if (corsOrigins.length > 0)
    await app.register(cors, { origin: [...corsOrigins], methods: ['GET', 'POST'], maxAge: 600 });
  app.decorateRequest('caller');
  app.decorateRequest('verifyToken', verifyToken);
}

/** JSON, and lines of JSON as a stream; anything else is refused, compressed bodies too: they may unpack to anything. */
function readBodies(app: FastifyInstance): void {
  app.addHook('preParsing', (request, _, payload, done) => {
    const { 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding === 'identity') done(null, payload);
    else done(pipelineError('UNSUPPORTED_MEDIA_TYPE', { wanted: 'application/json' }));
  });
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson(app));
  app.addContentTypeParser('application/x-ndjson', (_, payload, done) => done(null, payload));
}
