import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { inheritedEnvironment } from '../../platform/config/environment.js';
import { projectRoot } from '../../platform/project.js';

/** Servers that a shell or an `.env` may name; empty means "not set", so that the platform starts its own. */
const SERVERS = ['TEMPORAL_ADDRESS', 'DATABASE_URL', 'BACKEND_DATABASE_URL', 'REDIS_URL', 'ARTIFACT_URI'];

/** The command line on a platform of its own, below a temporary folder. */
export interface PlatformCommands {
  /** Its state directory. */
  readonly home: string;
  /** Runs `ml <args> --json`. @returns the document that it prints, also of a failure. @throws Error without one. */
  ml(...args: readonly string[]): Promise<unknown>;
  /** Stops the platform and removes its folder. */
  close(): Promise<void>;
}

async function runMl(home: string, args: readonly string[]): Promise<unknown> {
  const noServers = Object.fromEntries(SERVERS.map((name) => [name, '']));
  const child = spawn('npm', ['run', '--silent', 'ml', '--', ...args, '--json'], {
    cwd: projectRoot,
    env: inheritedEnvironment({ ...noServers, ML_HOME: home }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await ended;
  try {
    return JSON.parse(stdout) as unknown;
  } catch {
    throw new Error(`ml ${args.join(' ')} ended with ${code} and without a document: ${stdout}${stderr}`);
  }
}

export async function startPlatform(): Promise<PlatformCommands> {
  const home = await mkdtemp(join(tmpdir(), 'ml-bench-platform-'));
  const ml = (...args: readonly string[]): Promise<unknown> => runMl(home, args);
  return {
    home,
    ml,
    async close() {
      await ml('down');
      await rm(home, { recursive: true, force: true });
    },
  };
}
