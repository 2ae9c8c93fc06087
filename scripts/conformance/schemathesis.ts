import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../../contracts/errors.js';

const VERSION = '4.32.5';
const run = promisify(execFile);

/**
 * The program of schemathesis in a virtual environment that is kept below `cache`.
 * @returns why there is none, when python3 or the package cannot be had.
 */
export async function installSchemathesis(cache: string): Promise<{ program: string } | { missing: string }> {
  const folder = join(cache, `schemathesis-${VERSION}`);
  const program = join(folder, 'bin', 'schemathesis');
  try {
    await run(program, ['--version']);
    return { program };
  } catch {
    return install(folder, program);
  }
}

async function install(folder: string, program: string): Promise<{ program: string } | { missing: string }> {
  try {
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${VERSION}`]);
    return existsSync(program) ? { program } : { missing: `pip installed no ${program}` };
  } catch (fault) {
    return { missing: messageOf(fault).split('\n', 1)[0]! };
  }
}

const report = z.object({
  test_cases: z.object({ generated: z.int(), with_failures: z.int(), errored: z.int() }),
  failures: z.array(z.object({ code: z.string(), title: z.string(), operations: z.array(z.string()) })),
  phases: z.record(z.string(), z.object({ status: z.string() })),
  complete: z.boolean(),
});
export type ConformanceReport = z.infer<typeof report>;

export interface ConformanceRun {
  readonly program: string;
  readonly url: string;
  readonly token: string;
  readonly seed: number;
  /** Random cases of each operation, beside those of every boundary and combination. */
  readonly casesEach: number;
}

/** Settings and hooks, which schemathesis finds in the folder that it runs in, where it also leaves what it found. */
const SETTINGS = ['schemathesis.toml', 'hooks.py'];

/** Runs all checks of `schemathesis.toml` against an API, printing as schemathesis does. */
export async function checkConformance({ program, url, token, ...wish }: ConformanceRun): Promise<ConformanceReport> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-conformance-'));
  const file = join(folder, 'report.json');
  const options = ['--seed', String(wish.seed), '--max-examples', String(wish.casesEach), '--no-shrink'];
  const written = ['--report', 'json', '--report-json-path', file];
  const header = ['--header', `Authorization: Bearer ${token}`];
  try {
    for (const name of SETTINGS) await cp(join(import.meta.dirname, name), join(folder, name));
    const child = spawn(program, ['run', `${url}/openapi.json`, ...options, ...written, ...header], {
      cwd: folder,
      stdio: 'inherit',
    });
    await new Promise((resolve) => child.once('close', resolve));
    return report.parse(JSON.parse(await readFile(file, 'utf8')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
