import { describe, expect, it } from 'vitest';
import type { Stage } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { VersionRecord } from '../../contracts/registry.js';
import type { Route } from '../routing/route-table.js';
import type { LoadFailure } from '../routing/router.js';
import { reportHealth } from './health-report.js';

const routeTo = (version: string, stage: Stage, isOpen: boolean): Route => ({
  record: { modelName: 'm', line: 'synthetic', version, stage } as VersionRecord,
  artefact: { isOpen: () => isOpen } as Route['artefact'],
});
const failureOf = (version: string, insteadVersion: string | null): LoadFailure => ({
  ...{ modelName: 'm', line: 'synthetic', version, artefactHash: 'a', message: 'a path', insteadVersion },
  code: 'ARTEFACT_OUTDATED',
});

const report = (routes: readonly Route[], failures: readonly LoadFailure[] = []) =>
  reportHealth({
    router: { table: () => ({ routes, sourceInUse: 'generated' }), failures: () => failures, isReady: () => true },
    models: [{ name: 'm' } as ModelDefinition],
    services: () => [],
    freshness: () => [],
    log: { status: () => ({ status: 'ok', waiting: 0, dropped: 0, spooled: 0 }) },
    admission: { inFlight: () => 3, limit: () => 64 },
    isStopping: () => false,
  });

describe('reportHealth', () => {
  it('tells how many requests wait, and how many may', () => expect(report([]).queue).toEqual({ depth: 3, limit: 64 }));

  it('names the version that answers a request that names none', () => {
    const routes = [routeTo('1.0.1', 'staging', true), routeTo('1.0.0', 'production', true)];
    expect(report(routes)).toMatchObject({ status: 'ok', models: [{ status: 'ready', version: '1.0.0' }] });
    expect(report([])).toMatchObject({ status: 'ok', models: [{ status: 'untrained', version: null, stage: null }] });
  });

  it('names no version that was never loaded, and why', () => {
    const { status, models } = report([routeTo('1.0.0', 'production', false)], [failureOf('1.0.0', null)]);
    const found = { model: 'm', line: 'synthetic', status: 'failed', version: null, stage: null };
    expect([status, models]).toEqual(['degraded', [{ ...found, reason: 'ARTEFACT_OUTDATED' }]]);
  });

  it('names the version that answers in place of one that could not be loaded', () => {
    const { models } = report([routeTo('1.0.0', 'production', true)], [failureOf('1.0.1', '1.0.0')]);
    expect(models).toMatchObject([{ status: 'failed', version: '1.0.0', stage: 'production' }]);
  });

  it('names the version in production when only one in staging could not be loaded', () => {
    const routes = [routeTo('1.1.0', 'staging', false), routeTo('1.0.0', 'production', true)];
    expect(report(routes, [failureOf('1.1.0', null)]).models).toMatchObject([{ status: 'failed', version: '1.0.0' }]);
  });
});
