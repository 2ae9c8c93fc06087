import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PipelineError } from '../../contracts/errors.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { inheritedEnvironment } from '../../platform/config/environment.js';
import { readState } from '../../platform/embedded/state.js';
import { projectRoot } from '../../platform/project.js';

/** Servers that a shell or an `.env` may name; empty means "not set", so that the platform starts its own. */
const SERVERS = ['TEMPORAL_ADDRESS', 'DATABASE_URL', 'BACKEND_DATABASE_URL', 'REDIS_URL', 'ARTIFACT_URI'];

/** State directory of the tests of the API that need trained versions; kept, so that only their first run trains. */
export const TEST_HOME = join(projectRoot, '.ml-services-test');

/** A platform apart from the user's, with a version of each model that answers. */
export interface ServedPlatform {
  readonly home: string;
  readonly url: string;
  /** Of a token with every scope. */
  readonly token: string;
  /** Settings of a process that belongs to this platform. */
  readonly environment: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

type Say = (line: string) => void;

async function runMl(environment: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  const options = {
    cwd: projectRoot,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  };
  const child = spawn(process.execPath, ['cli/bin/ml.mjs', ...args], options);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await ended;
  if (code === 0) return stdout;
  throw new PipelineError('INTERNAL', `ml ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
}

interface ListedVersions {
  readonly versions: readonly { readonly modelName: string; readonly stage: string }[];
}

/**
 * Starts the platform in `home`, and trains every model there when one has no version that answers (a retraining of
 * generated customers, some minutes).
 * @throws PipelineError `INTERNAL` with what a command printed.
 */
export async function servePlatform(home: string, say: Say): Promise<ServedPlatform> {
  const noServers = Object.fromEntries(SERVERS.map((name) => [name, '']));
  const environment = inheritedEnvironment({ ...noServers, ML_HOME: home });
  const ml = (...args: readonly string[]): Promise<string> => runMl(environment, args);
  say(`starting the platform in ${home}`);
  await ml('up');
  const stop = async (): Promise<void> => {
    await ml('down');
  };
  try {
    const { versions } = JSON.parse(await ml('models', 'list', '--json')) as ListedVersions;
    const serving = new Set(versions.filter(({ stage }) => stage !== 'archived').map(({ modelName }) => modelName));
    const untrained = (await loadCatalogue()).filter(({ name }) => !serving.has(name));
    if (untrained.length > 0) {
      say(`training, as ${untrained.map(({ name }) => name).join(', ')} have no version; some minutes`);
      await ml('retrain');
    }
    const token = (await ml('token', '--scope', 'admin', '--ttl', '12h')).trim();
    return { home, environment, token, url: addressOf(home), stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

function addressOf(home: string): string {
  const api = readState(home)?.parts.find(({ name }) => name === 'api');
  if (api?.status === 'running') return api.where;
  throw new PipelineError('SERVICE_UNAVAILABLE', `the API of ${home} is ${api?.status ?? 'unknown'}, wanted running`);
}
