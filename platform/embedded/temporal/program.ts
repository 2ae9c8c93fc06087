import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../../contracts/errors.js';
import { invalidPath } from '../../config/invalid-setting.js';
import { findOnPath, isProgram, runProgram } from '../processes/run-program.js';
import { GO_INSTALL_LINE, installWithGo } from './go-install.js';
import { downloadWithSdk } from './sdk-download.js';

/** Version of the Temporal CLI, which contains the development server 1.29.1 and the UI 2.42.1. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** A Temporal CLI program and where it was found. */
export interface TemporalProgram {
  readonly file: string;
  readonly origin: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | 'SDK download' | 'go install';
}

/** Where and how `obtainTemporal` searches. */
export interface TemporalLookup {
  /** The setting TEMPORAL_CLI_PATH. */
  readonly cliPath: string | null;
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Path of a downloaded or built program in the cache, whether present yet or not. */
export const cachedTemporal = (cache: string): string =>
  join(cache, `temporal-cli-${TEMPORAL_CLI_VERSION}`, process.platform === 'win32' ? 'temporal.exe' : 'temporal');

/**
 * An installed program: from TEMPORAL_CLI_PATH, else PATH, else the cache; null when there is none.
 * @throws PipelineError `INVALID_CONFIG` when TEMPORAL_CLI_PATH is not an executable file.
 */
export function findTemporal({ cliPath, cache }: Pick<TemporalLookup, 'cliPath' | 'cache'>): TemporalProgram | null {
  if (cliPath !== null) {
    if (isProgram(cliPath)) return { file: cliPath, origin: 'TEMPORAL_CLI_PATH' };
    const found = existsSync(cliPath) ? 'is not executable' : 'does not exist';
    throw invalidPath('TEMPORAL_CLI_PATH', cliPath, found);
  }
  const installed = findOnPath(['temporal']);
  if (installed !== null) return { file: installed, origin: 'PATH' };
  const cached = cachedTemporal(cache);
  return isProgram(cached) ? { file: cached, origin: 'cache' } : null;
}

/**
 * An installed program, else one downloaded by the SDK, else one built with Go (once, about nine minutes on two cores).
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

/** Instructions with the three ways to get a Temporal server. */
export const temporalAdvice = (cache: string): string =>
  [
    'no Temporal server and no program to start one with. Any of these helps:',
    '  1. set TEMPORAL_ADDRESS to a server that runs',
    '  2. install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or set TEMPORAL_CLI_PATH',
    `  3. install Go and repeat, or build it yourself: GOBIN=${join(cachedTemporal(cache), '..')} ${GO_INSTALL_LINE}`,
  ].join('\n');

/** Version that the program prints, such as `1.5.1 (Server 1.29.1, UI 2.42.1)`, or `unknown`. */
export async function temporalProgramVersion(file: string): Promise<string> {
  const { output } = await runProgram({ file, args: ['--version'] }, 20_000);
  return /temporal version (.+)/.exec(output)?.[1]?.trim() ?? 'unknown';
}
