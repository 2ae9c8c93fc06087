import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config/config.js';
import type { Endpoints } from './endpoints.js';
import { findEndpoints } from './find-endpoints.js';
import type { ProcessIdentity } from './processes/identity.js';
import { identityOf } from './processes/identity.js';
import { makeHome, readState, stateFile, writeState } from './state.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-endpoints-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const local: Endpoints = {
  temporal: { address: '127.0.0.1:5001', namespace: 'default', uiUrl: 'http://127.0.0.1:5002' },
  databaseUrl: 'postgres://postgres:secret@127.0.0.1:5003/ml',
  backendDatabaseUrl: null,
  redisUrl: 'redis://127.0.0.1:5004',
  artifactUri: 'file:///state/artefacts',
};

/** Creates a state directory as a supervisor writes it; the test's own process serves as a running supervisor. */
function homeOf(name: string, supervisor: ProcessIdentity): string {
  const home = join(folder, name);
  makeHome(home);
  writeState(home, {
    schemaVersion: 1,
    phase: 'ready',
    supervisor,
    startedAt: '2026-01-01T00:00:00Z',
    settings: {},
    workers: true,
    ports: {},
    endpoints: { ...local, temporal: { ...local.temporal } },
    parts: [],
    postgresData: null,
    progress: { total: 0, lines: [] },
    fault: null,
  });
  return home;
}

const alive = homeOf('alive', identityOf(process.pid)!);
const find = (settings: Record<string, string>) => findEndpoints(readConfig(settings, '/'));

describe('findEndpoints', () => {
  it('returns the addresses of the running platform', () => {
    expect(find({ ML_HOME: alive })).toEqual(local);
  });

  it('prefers settings to the running platform', () => {
    const settings = { TEMPORAL_ADDRESS: 'temporal:7233', DATABASE_URL: 'postgres://db/ml', ARTIFACT_URI: 's3://b/p' };
    expect(find({ ML_HOME: alive, ...settings, BACKEND_DATABASE_URL: 'postgres://source/app' })).toMatchObject({
      temporal: { address: 'temporal:7233' },
      databaseUrl: 'postgres://db/ml',
      artifactUri: 's3://b/p',
      backendDatabaseUrl: 'postgres://source/app',
      redisUrl: local.redisUrl,
    });
  });

  it('needs no running platform if the settings name Temporal and PostgreSQL', () => {
    const home = join(folder, 'nothing-here');
    const settings = { ML_HOME: home, TEMPORAL_ADDRESS: 'temporal:7233', DATABASE_URL: 'postgres://db/ml' };
    expect(find(settings)).toMatchObject({ redisUrl: null, artifactUri: `file://${home}/artefacts` });
  });

  it.each([
    ['TEMPORAL_ADDRESS', { DATABASE_URL: 'postgres://db/ml' }],
    ['DATABASE_URL', { TEMPORAL_ADDRESS: 'temporal:7233' }],
  ])('throws SERVICE_UNAVAILABLE naming %s if neither settings nor platform have it', (setting, settings) => {
    const home = join(folder, 'nothing-here');
    const fault = {
      code: 'SERVICE_UNAVAILABLE',
      message: `set ${setting}, or run \`ml up\` (nothing runs in ${home})`,
    };
    expect(() => find({ ...settings, ML_HOME: home })).toThrow(expect.objectContaining(fault));
  });

  it('ignores a state file whose supervisor has ended, even if another process has its pid', () => {
    const home = homeOf('recycled', { pid: process.pid, startedAt: 'long ago' });
    expect(() => find({ ML_HOME: home })).toThrow(/nothing runs in/);
  });
});

describe('the state file', () => {
  it.skipIf(process.platform === 'win32')('has mode 600, since its addresses contain passwords', () => {
    expect(statSync(stateFile(alive)).mode & 0o777).toBe(0o600);
  });

  it('readState returns null for another schema version', () => {
    const home = homeOf('newer', identityOf(process.pid)!);
    writeFileSync(stateFile(home), JSON.stringify({ ...readState(home), schemaVersion: 2 }));
    expect(readState(home)).toBeNull();
  });
});
