import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, runProgram } from '../platform/embedded/processes/run-program.js';

/** A Chromium without a window; null when this machine has none. */
export const browserProgram = findOnPath([
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'chrome',
]);

/** Of every Chromium that is started here. */
export const browserFlags = [
  '--headless',
  '--no-sandbox', // root in containers
  '--disable-gpu',
  '--no-first-run',
];

/** Every name is this machine, as after a web page's name was resolved anew to 127.0.0.1. */
const flags = (profile: string): string[] => [
  ...browserFlags,
  '--host-resolver-rules=MAP * 127.0.0.1',
  `--user-data-dir=${profile}`,
];

/** Lends the flags of a browser with a profile of its own, and removes the profile afterwards. */
export async function withProfile<T>(use: (flags: readonly string[]) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'ml-browser-'));
  try {
    return await use(flags(profile));
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Page {
  readonly url: string;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
}

async function open({ url, width = 1280, height = 800 }: Page, wanted: string): Promise<string> {
  const page = ['--virtual-time-budget=15000', '--hide-scrollbars', `--window-size=${width},${height}`, wanted, url];
  const run = (given: readonly string[]) => runProgram({ file: browserProgram!, args: [...given, ...page] }, 120_000);
  return (await withProfile(run)).output;
}

/** The document of a page after its scripts have run. */
export const documentOf = (page: Page): Promise<string> => open(page, '--dump-dom');

/** Writes a picture of a page, after its scripts have run, as a PNG file. */
export async function photograph(page: Page, file: string): Promise<void> {
  await open(page, `--screenshot=${file}`);
}
