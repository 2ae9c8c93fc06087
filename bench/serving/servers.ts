import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { ArtefactFiles } from '../../contracts/computation.js';
import { inheritedEnvironment } from '../../platform/config/environment.js';
import { allocatorEnvironment, YOUNG_GENERATION } from '../../platform/embedded/api-server.js';
import { entryPoints } from '../../platform/entry-points.js';
import { loadCatalogue } from '../../models/catalogue.js';
import { projectRoot } from '../../platform/project.js';

/** Environment variables. */
type Settings = Readonly<Record<string, string>>;

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
  startWhole(settings?: Settings): Promise<Server>;
  /** A constant answer without any model, by Node's `http` or by Fastify. */
  startConstant(kind: 'http' | 'fastify'): Promise<Server>;
  /** Removes what was compiled. */
  close(): void;
}

const programs = [entryPoints.cli.file, entryPoints.bareApi.file, entryPoints.constantApi.file];

export async function compileApi(): Promise<CompiledApi> {
  mkdirSync(join(projectRoot, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(projectRoot, 'dist', 'bench-'));
  const models = (await loadCatalogue()).map(({ name }) => `models/${name}/index`);
  await build({
    ...{ absWorkingDir: projectRoot, outbase: projectRoot, outdir: folder, bundle: true, splitting: true },
    ...{ platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error' },
    entryPoints: [...programs, ...models].map((file) => `${file}.ts`),
  });
  await writeFile(join(folder, 'build.json'), '{}'); // makes the folder the root of the running code
  const run = async (file: string, args: readonly string[], settings: Settings): Promise<Server> => {
    const port = await freePort();
    const wanted = args.map((argument) => argument.replace('PORT', String(port)));
    const child = start(process.execPath, [YOUNG_GENERATION, join(folder, `${file}.js`), ...wanted], {
      ...settings,
      PORT: String(port),
    });
    return awaited(child, port, '/health/ready');
  };
  return {
    startBare: () => run(entryPoints.bareApi.file, [], {}),
    startWhole: (settings = {}) => run(entryPoints.cli.file, ['serve'], settings),
    startConstant: (kind) => run(entryPoints.constantApi.file, [kind, 'PORT'], {}),
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

const start = (file: string, args: readonly string[], settings: Settings): ChildProcess =>
  spawn(file, args, {
    cwd: projectRoot,
    env: inheritedEnvironment({ NODE_ENV: 'production', LOG_LEVEL: 'warn', ...allocatorEnvironment, ...settings }),
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
