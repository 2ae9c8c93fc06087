import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeys, listKeys, rotate } from '../../cli/views/keys-view.js';
import { revoke, signArtefacts, trust } from '../../cli/views/artefact-keys-view.js';
import { exportVersion, verifyFiles, verifyVersion } from '../../cli/views/signatures-view.js';
import { artefactVerifier, registryDatabase } from '../../composition/artefact-signatures.js';
import { connectServices, type Services } from '../../composition/services.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import { createAlertBook } from '../../monitoring/alerts/alerts.js';
import { type Config, readConfig } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { readKeys } from '../../platform/keys/key-file.js';
import { createPostgresRegistry } from '../../registry/postgres-registry.js';
import { smokeTest } from '../../training/smoke-test.js';
import type { JobContext } from '../../platform/child-process/define-job.js';
import { MODEL } from '../support/credit-dataset.js';
import { LINE, registerVersion, trainFixture } from '../support/registered-versions.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { quietLogger } from '../support/test-platform.js';
import { captureCommand } from '../support/view-context.js';

let folder: string;
let database: TestDatabase;
let config: Config;
let endpoints: Endpoints;
let services: Services;
let trained: ArtefactFiles;

const connect = (home = config) => connectServices(home, endpoints, quietLogger);
const settings = (name: string): Config => {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  return readConfig({ ML_HOME: home, ML_CACHE: folder, WEBHOOK_URLS: '' }, home);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-signed-'));
  database = await createTestDatabase();
  endpoints = {
    temporal: { address: '', namespace: 'default', uiUrl: null },
    ...{ backendDatabaseUrl: null, redisUrl: null, databaseUrl: database.url },
    artifactUri: pathToFileURL(join(folder, 'blobs')).href,
  };
  config = settings('home');
  services = await connect();
  trained = await trainFixture();
});
afterAll(async () => {
  await services.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const recordOf = (version: string) => services.registry.getVersion(MODEL, LINE, version);
const use = async (version: string) => services.predictors.use(await recordOf(version), () => 'answered');
const command = (home = config) => captureCommand(home, { services });
const named = (version: string) => ({ model: MODEL, version, line: LINE });
/** As the owner of the database could do it. */
const change = async (statement: string, values: readonly unknown[]) => {
  await services.pool.query('alter table registry.artefact_signatures disable trigger append_only');
  await services.pool.query(statement, [...values]);
  await services.pool.query('alter table registry.artefact_signatures enable trigger append_only');
};
const openAlerts = async () =>
  (await createAlertBook(services.pool, []).list({ openOnly: true, limit: 10 })).map(({ kind, subject, severity }) => ({
    ...{ kind, subject, severity },
  }));

describe('a registered version', () => {
  it('is signed in the transaction of its registration, with its origin, and is loaded', async () => {
    const version = await registerVersion(services, trained);
    expect(await use(version)).toBe('answered');
    const it = command();
    await verifyVersion(it.cli, named(version));
    expect(it.printed()).toMatch(
      /line default\): signed\n.*all read\n[\s\S]*files +artefacts 1 .*holds[\s\S]*origin .*holds/,
    );
    const report = captureCommand(config, { services }, { json: true });
    await verifyVersion(report.cli, named(version));
    const { dataset, runKey } = await recordOf(version);
    expect(JSON.parse(report.printed())).toMatchObject({
      accepted: true,
      provenance: {
        buildDefinition: {
          externalParameters: { model: MODEL, line: LINE, seed: 1 },
          resolvedDependencies: [
            { name: 'dataset', digest: { sha256: dataset.hash } },
            { name: 'snapshot' },
            { name: 'code' },
          ],
        },
        runDetails: { metadata: { invocationId: `run-${runKey}/${runKey}` } },
      },
    });
  });

  it('cannot lose or change its signature by the program', async () => {
    for (const statement of [
      'delete from registry.artefact_signatures',
      "update registry.artefact_signatures set bundle = 'x'",
    ])
      await expect(services.pool.query(statement)).rejects.toThrow(/append-only|refuse|not allowed|may not/i);
  });

  it('that was tampered with is refused everywhere, alerted, and accepted again once it is whole', async () => {
    const version = await registerVersion(services, trained);
    const { artefactHash } = await recordOf(version);
    const { rows } = await services.pool.query<{ bundle: string }>(
      "select bundle from registry.artefact_signatures where artefact_hash = $1 and kind = 'signature'",
      [artefactHash],
    );
    const set = "update registry.artefact_signatures set bundle = $2 where artefact_hash = $1 and kind = 'signature'";
    const { bundle } = rows[0]!;
    const other = await registerVersion(services, trained);
    const foreign = await services.pool.query<{ bundle: string }>(
      "select bundle from registry.artefact_signatures where artefact_hash = $1 and kind = 'signature'",
      [(await recordOf(other)).artefactHash],
    );
    await change(set, [artefactHash, foreign.rows[0]!.bundle]); // the signature of other bytes
    await expect(use(version)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
    const subject = `${MODEL}/${LINE}/${version}`;
    expect(await openAlerts()).toEqual([{ kind: 'artefact-refused', subject, severity: 'critical' }]);

    const requireSigned = artefactVerifier({ pool: () => services.pool, keys: config, webhookUrls: [] });
    const control = { signal: new AbortController().signal, onProgress: () => undefined };
    const job = { blobs: services.blobs, requireSigned, ...control } as unknown as JobContext;
    expect(await smokeTest.run({ modelName: MODEL, artefactHash }, job)).toMatchObject({
      passed: false,
      finding: expect.stringMatching(/is that of another artefact/) as string,
    });
    const it = command();
    await verifyVersion(it.cli, named(version));
    expect(it.printed()).toMatch(/not signed by a trusted key: it is loaded nowhere/);
    expect(it.exitCode()).toBe(1);
    await expect(exportVersion(it.cli, { ...named(version), folder: join(folder, 'no') })).rejects.toMatchObject({
      code: 'SIGNATURE_REFUSED',
    });

    await change(set, [artefactHash, bundle]);
    expect(await use(version)).toBe('answered');
    expect(await openAlerts()).toEqual([]);
  });

  it('is refused without a signature until a person signs it, which is audited', async () => {
    const unsigned = { ...services, registry: createPostgresRegistry(services.pool) };
    const version = await registerVersion(unsigned, trained);
    await expect(use(version)).rejects.toMatchObject({ code: 'ARTEFACT_UNSIGNED', message: /ml keys sign-artefacts/ });
    const it = command();
    await signArtefacts(it.cli, 'restored from a backup');
    expect(it.printed()).toBe('signed 1 versions by "artefacts 1"\n');
    await signArtefacts(it.cli, 'again');
    expect(it.printed()).toBe('"artefacts 1" has signed every version\n');
    expect(await use(version)).toBe('answered');
    const entries = await services.audit.list({ action: 'artefact.signed', limit: 5 });
    expect(entries).toMatchObject([
      { subject: `${MODEL}/${LINE}/${version}`, details: { reason: 'restored from a backup' } },
    ]);
  });
});

describe('keys', () => {
  it('are rotated, revoked and listed; what a revoked one signed is refused until it is signed anew', async () => {
    const version = await registerVersion(services, trained);
    const it = command();
    await rotate(it.cli, 'artefacts');
    const later = await connect(); // a process that started after the rotation
    const open = async (one: string) => later.predictors.use(await recordOf(one), () => 'answered');
    try {
      expect(await open(version)).toBe('answered'); // the older version of the key stays trusted
      await revoke(it.cli, 'artefacts 1', 'laptop lost');
      const afresh = artefactVerifier({ pool: () => services.pool, keys: config, webhookUrls: [] });
      const { artefactHash } = await recordOf(version);
      await expect(afresh(artefactHash)).rejects.toMatchObject({ message: /which was revoked: laptop lost$/ });
      await signArtefacts(it.cli, 'reviewed');
      await afresh(artefactHash);
    } finally {
      await later.close();
    }
    it.printed();
    listKeys(it.cli);
    expect(it.printed()).toMatch(/artefacts 2 .* signs\n *artefacts 1 .* revoked \d{4}-\d\d-\d\d: laptop lost/);
    const actions = (await services.audit.list({ limit: 50 })).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['keys.rotated', 'keys.revoked', 'artefact.signed']));
    expect(await services.audit.verify()).toMatchObject({ fault: null });
  });

  it('of another installation are refused until they are trusted', async () => {
    const elsewhere = settings('elsewhere');
    const other = await connect(elsewhere);
    try {
      const version = await registerVersion({ ...services, registry: other.registry }, trained);
      await expect(use(version)).rejects.toMatchObject({ message: /which is not trusted here$/ });
      const it = captureCommand(elsewhere, { services: other });
      const out = join(folder, 'other-export');
      await exportVersion(it.cli, { ...named(version), folder: out });
      await trust(command().cli, join(out, 'public-key.pem'), 'elsewhere');
      const afresh = artefactVerifier({ pool: () => services.pool, keys: config, webhookUrls: [] });
      await afresh((await recordOf(version)).artefactHash);
    } finally {
      await other.close();
    }
  });

  it('are not changed when the change cannot be recorded', async () => {
    const before = readKeys(config);
    const failing = { ...services, audit: { ...services.audit, record: async (deed: (append: () => Promise<never>) => Promise<unknown>) => deed(() => Promise.reject(new Error('no entry'))) } }; // prettier-ignore
    const it = captureCommand(config, { services: failing as unknown as Services });
    await expect(revoke(it.cli, 'elsewhere', 'x')).rejects.toThrow('no entry');
    expect(readKeys(config)).toEqual(before);
  });
});

describe('an installation from before artefacts were signed', () => {
  it('signs what it has once at its next start, and nothing unsigned after that', async () => {
    const old = settings('old');
    const unsigned = { ...services, registry: createPostgresRegistry(services.pool) };
    const earlier = await registerVersion(unsigned, trained);
    const restarted = await connect(old);
    const open = async (version: string) => restarted.predictors.use(await recordOf(version), () => 'answered');
    expect(await open(earlier)).toBe('answered');
    await restarted.close();
    const planted = await registerVersion(unsigned, trained);
    const again = await connect(old);
    await expect(again.predictors.use(await recordOf(planted), () => 'answered')).rejects.toMatchObject({
      code: 'ARTEFACT_UNSIGNED',
    });
    await again.close();
    const [entry] = await services.audit.list({ action: 'artefact.signed', limit: 1 });
    expect(entry).toMatchObject({
      actor: 'ml-services',
      details: { reason: 'registered before artefacts were signed' },
    });
  });

  it('with a shared ring starts before the ring has a key for it', async () => {
    const home = join(folder, 'shared');
    const shared = readConfig({ ML_HOME: home, ML_CACHE: folder, KEY_RING_FILE: join(folder, 'ring.json') }, home);
    const starting = await connect(shared);
    const it = captureCommand(shared, { services: starting });
    await createKeys(it.cli);
    expect(it.printed()).toMatch(/artefacts/);
    await starting.close();
    expect(existsSync(join(folder, 'ring.json'))).toBe(true);
  });
});

/** The Python tool, when it is installed: `pip install model-signing==1.1.1 pyopenssl`. */
const tool = process.env.MODEL_SIGNING ?? 'model_signing';
const hasTool = (() => {
  try {
    return execFileSync(tool, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).includes('1.1.1');
  } catch {
    return false;
  }
})();
const unlessTool = hasTool ? '' : ' (skipped: pip install model-signing==1.1.1 pyopenssl, MODEL_SIGNING names it)';

describe('an exported folder', () => {
  const exported = () => join(folder, 'export');
  const verify = (path: string, more: object = {}) => verifyFiles(command().cli, path, more);

  beforeAll(async () => {
    const later = await connect(); // a running process follows a rotation within a second
    const version = await registerVersion(later, trained);
    await later.close();
    await exportVersion(command().cli, { ...named(version), folder: exported() });
  });

  it('has the files, the signature, the public key and the origin, and is written once', async () => {
    expect(readdirSync(exported()).sort()).toEqual(['artefact', 'model.sig', 'provenance.sig', 'public-key.pem']);
    const version = (await services.registry.listVersions({ modelName: MODEL, line: LINE }))[0]!;
    const again = exportVersion(command().cli, { ...named(version.version), folder: exported() });
    await expect(again).rejects.toMatchObject({ code: 'INVALID_INPUT', message: /is not empty/ });
  });

  it('is verified without services, and not when a file was changed, added or removed', async () => {
    await verify(join(exported(), 'artefact'));
    await verify(exported());
    const copy = join(folder, 'copy');
    for (const [fault, harm] of [
      [/model\.onnx|\.json is not what was signed/, (path: string) => writeFileSync(join(path, 'manifest.json'), '{}')],
      [/extra\.txt was not signed/, (path: string) => writeFileSync(join(path, 'extra.txt'), '')],
      [/manifest\.json is missing/, (path: string) => rmSync(join(path, 'manifest.json'))],
    ] as const) {
      rmSync(copy, { recursive: true, force: true });
      cpSync(exported(), copy, { recursive: true });
      harm(join(copy, 'artefact'));
      await expect(verify(join(copy, 'artefact'))).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED', message: fault });
    }
    const nowhere = join(folder, 'nowhere');
    await expect(verify(nowhere)).rejects.toMatchObject({ code: 'FILE_NOT_READABLE', details: { file: nowhere } });
  });

  it.skipIf(!hasTool)(`is verified by model_signing 1.1.1, which refuses a changed one${unlessTool}`, () => {
    const args = ['verify', 'key', 'artefact', '--signature', 'model.sig', '--public_key', 'public-key.pem'];
    const run = (cwd: string) => execFileSync(tool, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(run(exported())).toMatch(/Verification succeeded/);
    const copy = join(folder, 'tool-copy');
    cpSync(exported(), copy, { recursive: true });
    writeFileSync(join(copy, 'artefact', 'manifest.json'), '{}');
    expect(() => run(copy)).toThrow();
  });

  it.skipIf(!hasTool)(`that model_signing 1.1.1 signed is verified here${unlessTool}`, async () => {
    const signed = join(folder, 'signed-by-tool');
    mkdirSync(join(signed, 'model', 'nested'), { recursive: true });
    writeFileSync(join(signed, 'model', 'a.txt'), 'a');
    writeFileSync(join(signed, 'model', 'nested', 'b.txt'), 'b');
    execFileSync('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', join(signed, 'key.pem')]);
    execFileSync('openssl', ['ec', '-in', join(signed, 'key.pem'), '-pubout', '-out', join(signed, 'public.pem')], { stdio: 'ignore' }); // prettier-ignore
    execFileSync(tool, ['sign', 'key', 'model', '--signature', 'model.sig', '--private_key', 'key.pem'], { cwd: signed, stdio: 'ignore' }); // prettier-ignore
    await expect(verify(join(signed, 'model'))).rejects.toMatchObject({ message: /is not trusted here/ });
    await verify(join(signed, 'model'), { publicKey: join(signed, 'public.pem') });
    await trust(command().cli, join(signed, 'public.pem'), 'the tool');
    await verify(join(signed, 'model'));
    expect(readFileSync(join(signed, 'model.sig'), 'utf8')).toContain('bundle.v0.3');
  });
});

it('counts its signatures as no roots of a collection', async () => {
  const { wholeTables } = await import('../../registry/retention/roots.js');
  expect(await wholeTables(services.pool)).not.toContain('registry.artefact_signatures');
  expect(await registryDatabase(services.pool).selectFrom('artefact_signatures').select('kind').execute()).not.toEqual(
    [],
  );
});
