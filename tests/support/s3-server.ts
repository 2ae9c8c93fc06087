import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface S3Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** moto serves the S3 protocol over HTTP from memory; pinned, so that results do not change with its releases. */
const MOTO_VERSION = '5.2.5';
const PACKAGES = [`moto[s3]==${MOTO_VERSION}`, 'flask==3.1.3', 'flask-cors==6.0.5'];
const run = promisify(execFile);

/** Installs the server once for each machine; an incomplete folder is never used. */
async function installMoto(): Promise<string> {
  const folder = join(tmpdir(), `ml-services-test-moto-${MOTO_VERSION}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--target', draft];
  await run('python3', [...pip, ...PACKAGES], { timeout: 150_000 });
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
  return folder;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function waitUntilReady(endpoint: string, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt++) {
    const answered = await fetch(`${endpoint}/moto-api/`).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await wait(100);
  }
  throw new Error(`the S3 server did not answer at ${endpoint}`);
}

/**
 * Starts an S3-speaking server on this machine.
 * @returns null with the reason when python3, pip or the package cannot be had; tests then skip.
 */
export async function startS3Server(): Promise<S3Server | { readonly unavailable: string }> {
  try {
    const folder = await installMoto();
    const port = await freePort();
    const server = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
      env: { ...process.env, PYTHONPATH: folder },
      stdio: 'ignore',
    });
    const endpoint = `http://127.0.0.1:${port}`;
    const stop = async (): Promise<void> => {
      if (server.exitCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    };
    await waitUntilReady(endpoint, server).catch(async (fault: unknown) => {
      await stop();
      throw fault;
    });
    return { endpoint, stop };
  } catch (fault) {
    return { unavailable: `no S3 server: ${fault instanceof Error ? fault.message.split('\n')[0]! : String(fault)}` };
  }
}
