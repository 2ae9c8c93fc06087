import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../platform/project.js';

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** State directory of this test, apart from the services of a developer. */
  readonly home: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Empty means "not set": a test of the local services ignores the developer's shell and .env. */
const noServices = {
  TEMPORAL_ADDRESS: '',
  TEMPORAL_NAMESPACE: '',
  TEMPORAL_TLS: '',
  TEMPORAL_TLS_CLIENT_CERT_PATH: '',
  TEMPORAL_TLS_CLIENT_KEY_PATH: '',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: '',
  TEMPORAL_TLS_SERVER_NAME: '',
  TEMPORAL_API_KEY: '',
  DATABASE_URL: '',
  BACKEND_DATABASE_URL: '',
  REDIS_URL: '',
  ARTIFACT_URI: '',
  TASK_QUEUE_PREFIX: '',
};

/** Environment of a command of the test's own installation. */
export const commandEnvironment = ({ home, env = {} }: Pick<CliOptions, 'home' | 'env'>): NodeJS.ProcessEnv => ({
  ...process.env,
  ...noServices,
  ML_HOME: home,
  ...env,
});

/** Starts the command line as a user does: compiled, in a build that the command keeps fresh. */
export function startCli(args: readonly string[], options: CliOptions): ChildProcess {
  return spawn(process.execPath, ['cli/bin/ml.mjs', ...args], {
    cwd: projectRoot,
    env: commandEnvironment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
  return collect(startCli(args, options), options.input);
}

/** Output of a command until it ends. */
export async function collect(child: ChildProcess, input = ''): Promise<CliRun> {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const streams = Promise.all([text(child.stdout!), text(child.stderr!)]);
  child.stdin!.end(input);
  const [stdout, stderr] = await streams;
  return { code: await ended, stdout, stderr };
}
