import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, runProgram } from '../../platform/embedded/processes/run-program.js';

/** A Chromium without a window; null when this machine has none, and tests that need one skip. */
export const browserProgram = findOnPath([
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'chrome',
]);

/** Every name is this machine, as after a web page's name was resolved anew to 127.0.0.1. */
const flags = (profile: string): string[] => [
  '--headless',
  '--no-sandbox', // the tests run as root in containers
  '--disable-gpu',
  '--no-first-run',
  '--host-resolver-rules=MAP * 127.0.0.1',
  `--user-data-dir=${profile}`,
];

/** Opens an address until `done` resolves. */
export async function browseUntil<T>(url: string, done: Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'ml-browser-'));
  const browser = spawn(browserProgram!, [...flags(profile), '--remote-debugging-port=0', url], { stdio: 'ignore' });
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  try {
    return await done;
  } finally {
    browser.kill('SIGKILL');
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The document of an address after its scripts have run. */
export async function documentOf(url: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'ml-browser-'));
  try {
    const args = [...flags(profile), '--virtual-time-budget=15000', '--dump-dom', url];
    return (await runProgram({ file: browserProgram!, args }, 60_000)).output;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
