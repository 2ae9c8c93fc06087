import type { FastifyInstance, InjectOptions } from 'fastify';
import pino from 'pino';
import { vi } from 'vitest';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { OnlineStore, OnlineValue } from '../../feature-store/online/online-store.js';
import { creditRisk } from '../../feature-store/definitions/credit-risk.js';
import { userFinancials } from '../../feature-store/definitions/user-financials.js';
import { model as credit } from '../../models/credit-risk-scorer/index.js';
import { readConfig } from '../../platform/config/config.js';
import { type ApiDeps, createApi } from '../../serving/api.js';
import type { Problem } from '../../serving/http/problem.js';
import { createSharedCounts } from '../../serving/limits/shared-counts.js';
import { createTrafficLimits } from '../../serving/limits/traffic-limits.js';
import { signToken } from '../../serving/identity/sign-token.js';
import { createVerifier } from '../../serving/identity/verify-token.js';
import type { PredictionLog } from '../../serving/log/prediction-log.js';
import type { OpenArtefact } from '../../inference/answer.js';
import type { Prediction } from '../../serving/predictions/prediction.js';
import { createRouter, type Router } from '../../serving/routing/router.js';
import { trainCreditArtefact } from './credit-artefact.js';

/* The API over the credit scorer of the fixture, without servers: requests are injected. */

export const { api: settings } = readConfig({}, '/');
const secret = 'a secret of more than thirty-two characters';
const DAY_MS = 86_400_000;
/** Event time of what is stored of u1. */
export const LIVING = { asOf: Date.now() - DAY_MS };

/** All inputs of the scorer. */
export const application = {
  ...{ kind: 'vehicle', requestedAmount: 420_000, termMonths: 48, monthlyIncome: 61_000, employment: 'salaried' },
  ...{ collateralValue: 560_000, bankBalance: 88_000, monthlyDebtPayments: 4200, openLoans: 1, latePayments: 0 },
  ...{ worstDelayDays: 0, creditHistoryMonths: 74, utilisationShare: 0.31, debtToIncome: 0.257, loanToValue: 0.75 },
};
/** What only the caller knows. */
export const known = { kind: 'vehicle', requestedAmount: 420_000, termMonths: 48 };

/** Values of the credit scorer's two views for u1; older for u2; nothing of anybody else. */
export const stored = (view: string, entity: string): OnlineValue | null => {
  const definition = [userFinancials, creditRisk].find(({ name }) => name === view)!;
  const eventTime = { u1: LIVING.asOf, u2: LIVING.asOf - 60 * DAY_MS }[entity];
  if (eventTime === undefined) return null;
  return {
    viewVersion: definition.version,
    eventTime,
    features: Float64Array.from(definition.fields, () => 1),
  };
};

export const onlineStore: Pick<OnlineStore, 'get' | 'getStates'> = {
  get: (_, view, ids) => Promise.resolve(ids.map((id) => stored(view, id))),
  getStates: () => Promise.reject(new Error('not asked')),
};

/** The fixture's inputs have other names than the views; a request by reference is tried with what both share. */
export const byFixture: ModelDefinition = {
  ...credit,
  requestFeatures: { ...credit.requestFeatures!, inputOf: () => application },
};

/** A router with version 1.0.0 of the fixture in production. */
export async function routerOfFixture(opened: Pick<OpenArtefact, 'variant' | 'sampleInput'> = {}): Promise<Router> {
  const predictor = await credit.predictor(await trainCreditArtefact());
  const record = {
    ...{ modelName: credit.name, line: 'default', version: '1.0.0', stage: 'production', artefactHash: 'a' },
    ...{ dataset: { origin: { kind: 'snapshot', source: 'backend' } }, registeredAt: new Date(0) },
  } as unknown as VersionRecord;
  const router = createRouter({
    registry: { listServing: () => Promise.resolve([record]), lastTransition: () => Promise.resolve('1') },
    findSourceInUse: () => Promise.resolve('backend'),
    open: () =>
      Promise.resolve({
        predictor,
        manifest: { modelName: credit.name } as never,
        sampleInput: application,
        ...opened,
      }),
    logger: { info: vi.fn(), error: vi.fn() },
  });
  await router.refresh();
  return router;
}

/** Takes everything and keeps nothing. */
const discardingLog: PredictionLog = {
  append: () => undefined,
  appendDurably: () => Promise.resolve(),
  status: () => ({ status: 'ok', waiting: 0, dropped: 0, spooled: 0 }),
};

/** Verifies and opens nothing. */
const noKeys: ApiDeps['feedback']['keys'] = {
  verify: () => false,
  open: () => Buffer.alloc(0),
};

/** The API of the fixture, with other parts where they are given. */
export const createTestApi = (router: Router, more: Partial<ApiDeps> = {}): Promise<FastifyInstance> =>
  createApi({
    ...{ router, onlineStore, settings: { ...settings, corsOrigins: ['https://app.example.org'] } },
    limits: createTrafficLimits(createSharedCounts(null), settings.traffic),
    models: [byFixture],
    verifyToken: createVerifier(settings, { algorithms: ['HS256'], key: new TextEncoder().encode(secret) }),
    services: () => [],
    push: () => Promise.reject(new Error('not asked')),
    cacheRedis: null,
    predictionLog: discardingLog,
    feedback: { database: { query: () => Promise.reject(new Error('not asked')) }, keys: noKeys },
    logger: pino({ level: 'silent' }),
    ...more,
  });

export interface Call extends InjectOptions {
  readonly subject?: string;
  readonly scopes?: readonly string[];
  readonly userId?: string;
}

const usualScopes = ['predict:credit-risk', 'explain', 'features'];

/** A token that the API of the fixture takes. */
export const tokenOf = ({ subject = 'ada', scopes = usualScopes, userId }: Call = {}): Promise<string> =>
  signToken(settings, secret, { subject, scopes, seconds: 60, userId });

/** Asks with a token; POST when there is a payload. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it asked for
export async function call<Body = Problem>(app: FastifyInstance, url: string, { headers, ...rest }: Call = {}) {
  const { subject, scopes, userId, ...options } = rest;
  const token = await tokenOf({ ...(subject && { subject }), ...(scopes && { scopes }), ...(userId && { userId }) });
  const method = options.payload === undefined ? 'GET' : 'POST';
  const response = await app.inject({ method, url, headers: { authorization: `Bearer ${token}`, ...headers }, ...options }); // prettier-ignore
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: () => response.json<Body>(),
  };
}

/** Asks the scorer. */
export const predict = (app: FastifyInstance, payload: unknown, more: Call = {}) =>
  call<Prediction & Problem>(app, '/predict/credit-risk', { payload: payload as object, ...more });
