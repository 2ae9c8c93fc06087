import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { compile } from '../../cli/build/compile.mjs';
import type { ArtefactFiles } from '../../contracts/computation.js';
import { inheritedEnvironment } from '../../platform/config/environment.js';
import { entryPoints } from '../../platform/entry-points.js';
import { projectRoot } from '../../platform/project.js';

/** A server under measurement. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The project compiled as `ml` runs it, with the bare API beside. */
export interface CompiledApi {
  /** Without tokens, rates and cache. */
  startBare(): Promise<Server>;
  /** `ml serve` of the installation in ML_HOME. @param settings - besides those of the environment. */
  startWhole(settings?: Readonly<Record<string, string>>): Promise<Server>;
  /** Removes what was compiled. */
  close(): void;
}

export async function compileApi(): Promise<CompiledApi> {
  mkdirSync(join(projectRoot, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, 'dist', 'bench-'));
  const bare = entryPoints.bareApi.file;
  await compile(projectRoot, folder, [`${bare}.ts`]);
  return {
    async startBare() {
      const port = await freePort();
      const child = start(process.execPath, [join(folder, `${bare}.js`)], { PORT: String(port) });
      return awaited(child, port, '/health/ready');
    },
    async startWhole(settings = {}) {
      const port = await freePort();
      const child = start(process.execPath, [join(folder, 'cli/ml.js'), 'serve'], { ...settings, PORT: String(port) });
      return awaited(child, port, '/health/ready');
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** FastAPI with the same graph, where python3 has it; else null. @param files - of the credit artefact. */
export async function startPeer(files: ArtefactFiles): Promise<Server | null> {
  const installed = await promisify(execFile)('python3', ['-c', 'import fastapi, uvicorn, onnxruntime']).catch(
    () => null,
  );
  if (installed === null) return null;
  mkdirSync(join(projectRoot, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, 'dist', 'bench-peer-'));
  for (const name of ['preprocessing.json', 'model.onnx']) await writeFile(join(folder, name), files[name]!);
  const port = await freePort();
  const child = start('python3', [join(import.meta.dirname, '../peers/credit_api_peer.py'), folder, String(port)], {});
  const server = await awaited(child, port, '/ready');
  return {
    ...server,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const start = (file: string, args: readonly string[], settings: Readonly<Record<string, string>>): ChildProcess =>
  spawn(file, args, {
    cwd: projectRoot,
    env: inheritedEnvironment({ NODE_ENV: 'production', LOG_LEVEL: 'warn', ...settings }),
    stdio: ['ignore', 'ignore', 'inherit'],
  });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const READY_WITHIN_MS = 120_000;

async function awaited(child: ChildProcess, port: number, ready: string): Promise<Server> {
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await answers(url + ready))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it answered`);
    if (Date.now() > until) throw new Error(`no answer at ${url}${ready}`);
    await pause(100);
  }
  return { url, pid: child.pid!, stop: () => stopped(child) };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
