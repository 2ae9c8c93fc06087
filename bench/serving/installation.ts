import { connectServices, type Services } from '../../composition/services.js';
import type { ArtefactFiles } from '../../contracts/computation.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { findSourceInUse } from '../../datasets/sources/source-in-use.js';
import { userFinancials } from '../../feature-store/definitions/user-financials.js';
import { loadConfig } from '../../platform/config/load-config.js';
import { findEndpoints } from '../../platform/embedded/find-endpoints.js';
import { createLogger } from '../../platform/logging.js';
import { loadArtefact } from '../../registry/artefacts.js';
import { signToken } from '../../serving/identity/sign-token.js';
import { readTokenSecret } from '../../serving/identity/token-keys.js';
import { activeLine } from '../../serving/routing/route-table.js';
import { readSample } from '../../inference/sample.js';
import type { Target } from './vegeta.js';

/** Requests that the versions of an installation answer. */
export interface Workload {
  /** Of the credit version. */
  readonly creditFiles: ArtefactFiles;
  readonly credit: readonly Target[];
  /** The customer's features are read; what only the caller knows is sent. */
  readonly creditByReference: readonly Target[];
  readonly anomaly: readonly Target[];
  /** With 95 transactions of the customer and 60 of the counterparty. */
  readonly anomalyWithHistory: readonly Target[];
  readonly intent: readonly Target[];
  readonly ner: readonly Target[];
  /** 30 days from transactions of a year. */
  readonly spending: readonly Target[];
  /** Chat messages of the backend in the order in which they were sent. */
  readonly messages: readonly string[];
  /** Of a token with every scope. */
  readonly token: string;
}

const HOUR_MS = 3_600_000;
/** Customers whose features are looked for. */
const CANDIDATES = Array.from({ length: 300 }, (_, i) => `u${String(i + 1).padStart(6, '0')}`);

/** Reads what the platform in ML_HOME serves. @throws Error when it lacks a version; `npm run retrain` makes them. */
export async function readWorkload(): Promise<Workload> {
  const config = loadConfig();
  const services = await connectServices(
    config,
    findEndpoints(config),
    createLogger({ level: 'error', name: 'bench' }),
  );
  try {
    const source = await findSourceInUse(services.catalog, { ownBackend: config.backendDatabaseUrl !== null });
    const line = activeLine({ sourceInUse: source });
    const records = (await services.registry.listServing()).filter((record) => record.line === line);
    const inputsOf = async (model: string, path: string): Promise<Target[]> =>
      readSample(await filesOf(services, records, model)).inputs.map((body) => ({ path, body }));
    const request = { subject: 'bench', scopes: ['admin'], seconds: 7200 };
    return {
      creditFiles: await filesOf(services, records, 'credit-risk-scorer'),
      credit: await inputsOf('credit-risk-scorer', '/predict/credit-risk'),
      creditByReference: await storedCustomers(services, source ?? ''),
      anomaly: await inputsOf('anomaly-detector', '/predict/anomaly'),
      anomalyWithHistory: [{ path: '/predict/anomaly', body: transactionWithHistory(95, 60) }],
      intent: await inputsOf('intent-classifier', '/predict/intent'),
      ner: await inputsOf('financial-ner', '/predict/ner'),
      spending: [{ path: '/predict/spending', body: yearOfSpending(365) }],
      messages: await chatMessages(services),
      token: await signToken(config.api, readTokenSecret(config), request),
    };
  } finally {
    await services.close();
  }
}

/** Messages that are asked at most. */
const MOST_MESSAGES = 10_000;

async function chatMessages({ backendPool }: Services): Promise<string[]> {
  const order = `select text from backend.chat_messages order by sent_at, id limit ${MOST_MESSAGES}`;
  return (await backendPool.query<{ text: string }>(order)).rows.map(({ text }) => text);
}

async function filesOf(services: Services, records: readonly VersionRecord[], model: string): Promise<ArtefactFiles> {
  const record = records.find(({ modelName }) => modelName === model);
  if (record === undefined) throw new Error(`${model} has no version that answers; run \`npm run retrain\` first`);
  return (await loadArtefact(services.blobs, record.artefactHash)).files;
}

async function storedCustomers({ onlineStore }: Services, source: string): Promise<Target[]> {
  const found = await onlineStore.get(source, userFinancials.name, CANDIDATES);
  const known = { kind: 'vehicle', requestedAmount: 420_000, termMonths: 48 };
  return CANDIDATES.filter((_, i) => found[i] !== null).map((userId) => ({
    path: '/predict/credit-risk',
    body: { userId, ...known },
  }));
}

const at = (hoursBefore: number): string => new Date(Date.UTC(2026, 9, 20) - hoursBefore * HOUR_MS).toISOString();

/** @param past - rows of the customer.  @param others - rows of the counterparty. */
export const transactionWithHistory = (past: number, others: number): object => ({
  ...{ bookedAt: at(0), amount: -500, counterparty: 'shop 1', category: 'groceries' },
  history: Array.from({ length: past }, (_, i) => ({
    ...{ bookedAt: at(i * 20 + 1), amount: -100 - i, counterparty: `shop ${i % 9}`, category: 'groceries' },
  })),
  counterpartyHistory: Array.from({ length: others }, (_, i) => ({ bookedAt: at(i * 10 + 1) })),
});

/** @param count - transactions, one a day. */
export const yearOfSpending = (count: number): object => ({
  asOf: '2026-10-20',
  transactions: Array.from({ length: count }, (_, i) => ({
    ...{
      bookedAt: at(i * 24 + 3),
      amount: i % 30 === 0 ? 60_000 : -200 - ((i * 37) % 900),
      merchant: `shop ${i % 17}`,
    },
    category: i % 30 === 0 ? 'salary' : 'groceries',
  })),
});
