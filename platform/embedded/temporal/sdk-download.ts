import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { nodeCommand } from '../processes/node-command.js';
import { runProgram } from '../processes/run-program.js';

const HOST = 'temporal.download';
const REACHABLE_WITHIN_MS = 3_000;
const TIMEOUT_MS = 5 * 60_000;

/** Cancellation and progress of the download. */
export interface SdkDownload {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/**
 * Downloads the Temporal CLI with the downloader of Temporal's SDK, in a child process because the downloader also
 * starts the downloaded server.
 * @returns False when the host cannot be reached or the download failed.
 */
export async function downloadWithSdk(target: string, { signal, onProgress }: SdkDownload): Promise<boolean> {
  if (!(await isReachableHost(HOST, 443))) return false;
  onProgress(`fetching the Temporal server from ${HOST} (once, kept in the cache)`);
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), 'download-'));
  try {
    const command = nodeCommand('temporalDownload', [folder]);
    const { exitCode, output } = await runProgram(command, TIMEOUT_MS, signal);
    const [file] = readdirSync(folder);
    if (exitCode === 0 && file !== undefined) renameSync(join(folder, file), target);
    else onProgress(`the download failed: ${output.trim().split('\n').at(-1) ?? ''}`);
    return existsSync(target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Checks the host first, so that a blocked network costs three seconds instead of the downloader's timeouts. */
function isReachableHost(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: REACHABLE_WITHIN_MS });
    const finish = (reachable: boolean): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', () => finish(true));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });
}
