/** Gets the servers that tests and the local platform run, ahead of time, and says which: `npm run prepare-servers`. */
import { inheritedConfig } from '../platform/config/load-config.js';
import { findPostgres } from '../platform/embedded/postgres/binaries.js';
import { findRedis, redisProgramVersion } from '../platform/embedded/redis/redis.js';
import { obtainTemporal, temporalProgramVersion } from '../platform/embedded/temporal/program.js';

const { cache, temporal } = inheritedConfig();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const postgres = findPostgres();
say(`PostgreSQL  ${postgres.version}, ${postgres.native}`);

const redis = await findRedis({ cache, mayFetch: true, onProgress: say });
if (redis === null) say('Redis       none to be had; the in-process store is used');
else say(`Redis       ${await redisProgramVersion(redis.file)} from ${redis.origin}, ${redis.file}`);

const { signal } = new AbortController();
const server = await obtainTemporal({ cliPath: temporal.cliPath, cache, signal, onProgress: say });
say(`Temporal    ${await temporalProgramVersion(server.file)} from ${server.origin}, ${server.file}`);
