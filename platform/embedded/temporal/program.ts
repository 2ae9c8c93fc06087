import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../../contracts/errors.js';
import { findOnPath, isProgram, runProgram } from '../processes/run-program.js';
import { GO_INSTALL_LINE, installWithGo } from './go-install.js';
import { downloadWithSdk } from './sdk-download.js';

/** The Temporal CLI whose development server is used; server 1.29.1, UI 2.42.1. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

export interface TemporalProgram {
  readonly file: string;
  readonly origin: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | 'SDK download' | 'go install';
}

export interface TemporalLookup {
  /** The setting TEMPORAL_CLI_PATH. */
  readonly cliPath: string | null;
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Where a fetched or built program is kept, outside any checkout. */
export const cachedTemporal = (cache: string): string =>
  join(cache, `temporal-cli-${TEMPORAL_CLI_VERSION}`, process.platform === 'win32' ? 'temporal.exe' : 'temporal');

/**
 * What is there already: TEMPORAL_CLI_PATH, PATH, cache.
 * @throws PipelineError `INVALID_CONFIG` when TEMPORAL_CLI_PATH names no program.
 */
export function findTemporal({ cliPath, cache }: Pick<TemporalLookup, 'cliPath' | 'cache'>): TemporalProgram | null {
  if (cliPath !== null) {
    if (isProgram(cliPath)) return { file: cliPath, origin: 'TEMPORAL_CLI_PATH' };
    const found = existsSync(cliPath) ? 'is not executable' : 'does not exist';
    throw new PipelineError('INVALID_CONFIG', `TEMPORAL_CLI_PATH: ${cliPath} ${found}`, { path: cliPath });
  }
  const installed = findOnPath(['temporal']);
  if (installed !== null) return { file: installed, origin: 'PATH' };
  const cached = cachedTemporal(cache);
  return isProgram(cached) ? { file: cached, origin: 'cache' } : null;
}

/**
 * What is there, else fetched with the SDK's downloader, else built with Go (about nine minutes on two cores, once).
 * @throws PipelineError `SERVICE_NOT_FOUND` naming the three ways to get one; `CANCELLED`; `INVALID_CONFIG`.
 */
export async function obtainTemporal(lookup: TemporalLookup): Promise<TemporalProgram> {
  const found = findTemporal(lookup);
  if (found !== null) return found;
  const target = cachedTemporal(lookup.cache);
  if (await downloadWithSdk(target, lookup)) return { file: target, origin: 'SDK download' };
  lookup.signal.throwIfAborted();
  if (await installWithGo(target, lookup)) return { file: target, origin: 'go install' };
  throw new PipelineError('SERVICE_NOT_FOUND', temporalAdvice(lookup.cache), { wanted: 'temporal' });
}

/** The three ways to get a Temporal server, for people. */
export const temporalAdvice = (cache: string): string =>
  [
    'no Temporal server and no program to start one with. Any of these helps:',
    '  1. set TEMPORAL_ADDRESS to a server that runs',
    '  2. install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or set TEMPORAL_CLI_PATH',
    `  3. install Go and repeat, or build it yourself: GOBIN=${join(cachedTemporal(cache), '..')} ${GO_INSTALL_LINE}`,
  ].join('\n');

/** `1.5.1 (Server 1.29.1, UI 2.42.1)` as the program says; `unknown` when it does not. */
export async function temporalProgramVersion(file: string): Promise<string> {
  const { output } = await runProgram({ file, args: ['--version'] }, 20_000);
  return /temporal version (.+)/.exec(output)?.[1]?.trim() ?? 'unknown';
}
