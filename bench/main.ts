import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { renderRows } from './report/print.js';
import type { BenchmarkRow, BenchmarkSuite } from './report/suite.js';
import { resultFile } from './support/result-file.js';

const FOLDER = import.meta.dirname;

/** Every module directly in bench/ but this one is a benchmark of its name. */
function findBenchmarks(): string[] {
  const files = readdirSync(FOLDER).filter((file) => /\.[jt]s$/.test(file) && !/\.(test|d)\.[jt]s$/.test(file));
  const names = files.map((file) => basename(file).replace(/\.[jt]s$/, ''));
  return names.filter((name) => name !== 'main').sort();
}

async function loadBenchmark(name: string): Promise<BenchmarkSuite> {
  const file = ['ts', 'js'].map((extension) => join(FOLDER, `${name}.${extension}`)).find((path) => existsSync(path));
  const module = (await import(pathToFileURL(file!).href)) as { benchmarks: BenchmarkSuite };
  return module.benchmarks;
}

async function describeAll(names: readonly string[]): Promise<string> {
  const lines = names.map(async (name) => `  ${name.padEnd(16)}${(await loadBenchmark(name)).description}`);
  return ['', 'Benchmarks:', ...(await Promise.all(lines))].join('\n');
}

interface Options {
  readonly json: boolean;
  readonly data: string;
  readonly only?: string;
  readonly results?: string;
  readonly rows?: string;
}

const write = (line: string): boolean => process.stdout.write(`${line}\n`);
/** Progress goes to stderr, so that `--json` stays clean. */
const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);

/** `1e6,1e7` as numbers. */
function sizesOf({ rows }: Options): readonly number[] | null {
  if (rows === undefined) return null;
  const sizes = rows.split(',').map(Number);
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) return sizes;
  throw new Error(`--rows ${rows}: wanted whole numbers, such as 1e6,1e7`);
}

async function runAll(names: readonly string[], options: Options): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  const wants = (section: string): boolean => options.only === undefined || section.includes(options.only);
  const once = resultFile(options.results ?? null);
  // One after the other: they measure CPU.
  for (const name of names) {
    const suite = await loadBenchmark(name);
    rows.push(
      ...(await suite.run({ dataFolder: resolve(options.data), onProgress, wants, once, rows: sizesOf(options) })),
    );
  }
  return rows;
}

async function main(): Promise<void> {
  const known = findBenchmarks();
  const program = new Command('bench')
    .description('Measures what the project promises, one row a bar; exit code 1 when a bar is missed')
    .argument('<name...>', `which: ${known.join(', ')}`)
    .option('--json', 'print rows as JSON', false)
    .option('--data <folder>', 'folder with the public data sets', '../shared/data')
    .option('--only <text>', 'of a suite with several sections, those whose name contains this')
    .option('--rows <numbers>', 'of `data` and `kills`: numbers of transactions, such as 1e6,1e7')
    .option('--results <file>', 'of a long section, keep the results of its parts there and go on where it stopped')
    .addHelpText('after', await describeAll(known));
  await program.parseAsync();
  const unknown = program.args.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    program.error(`unknown benchmark ${unknown.join(', ')}; known: ${known.join(', ')}`, { exitCode: 2 });
  const options = program.opts<Options>();
  const rows = await runAll(program.args, options);
  write(options.json ? JSON.stringify(rows, null, 2) : renderRows(rows));
  process.exitCode = rows.every((row) => row.pass) ? 0 : 1;
}

await main();
