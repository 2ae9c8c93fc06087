import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { connectServices, type Services } from '../../composition/services.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { readConfig } from '../../platform/config/config.js';
import { findEndpoints } from '../../platform/embedded/find-endpoints.js';
import { createLogger } from '../../platform/logging.js';
import { projectRoot } from '../../platform/project.js';
import { inProduction, promote, rollBack, servedVersions, stageSuccessor } from '../../scripts/soak/events.js';
import { ask, report } from './ask.js';
import { creditInputs } from './credit-inputs.js';

/* A promotion and a rollback are answered by the other version within a second, without a failed request between. */

const NOTIFIED_MS = 1_000;
const POLLED_MS = 10_000;
const MODEL = 'credit-risk-scorer';

let services: Services;
let former: VersionRecord;
let successor: string;
let input: object;

beforeAll(async () => {
  const config = readConfig({ ML_HOME: inject('api').home }, projectRoot);
  services = await connectServices(config, findEndpoints(config), createLogger({ level: 'fatal', name: 'test' }));
  former = await inProduction(services, await servedVersions(services), MODEL);
  successor = await stageSuccessor(services, former);
  [input] = (await creditInputs(1)) as [object];
  await vi.waitUntil(async () => (await loaded()).includes(successor), { timeout: 60_000, interval: 100 });
});
afterAll(() => services.close());

const loaded = async (): Promise<string[]> =>
  (await ask<{ models: { model: string; version: string }[] }>('/models')).models
    .filter(({ model }) => model === MODEL)
    .map(({ version }) => version);

/** Asks until a version answers; a request that fails ends the test. @returns milliseconds. */
async function answeredBy(wanted: string, before: string): Promise<number> {
  const since = performance.now();
  for (;;) {
    const { version } = await ask<{ version: string }>('/predict/credit-risk', input);
    if (version === wanted) return performance.now() - since;
    expect(version).toBe(before);
  }
}

describe('a change of the version in production', () => {
  it('by promotion and rollback is seen within a second, told by NOTIFY', async () => {
    await promote(services, { ...former, version: successor }, 'production');
    const promoted = await answeredBy(successor, former.version);
    await rollBack(services, former);
    const back = await answeredBy(former.version, successor);
    report(`promotion seen after ${promoted.toFixed(0)} ms, rollback after ${back.toFixed(0)} ms`);
    expect(Math.max(promoted, back)).toBeLessThan(NOTIFIED_MS);
  });

  it('is seen within ten seconds after the connection for notifications was cut', async () => {
    await services.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query like 'listen%'`,
    );
    await promote(services, { ...former, version: await stageSuccessor(services, former) }, 'production');
    const [newest] = (await services.registry.listServing()).filter(
      ({ modelName, line, stage }) => modelName === MODEL && line === former.line && stage === 'production',
    );
    const seen = await answeredBy(newest!.version, former.version);
    report(`promotion without NOTIFY seen after ${seen.toFixed(0)} ms`);
    expect(seen).toBeLessThan(POLLED_MS);
    await rollBack(services, former);
    await answeredBy(former.version, newest!.version);
  });
});
