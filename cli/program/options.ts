import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { semanticVersion } from '../../contracts/ids.js';
import { type StartStage, startStages } from '../../contracts/workflows.js';
import type { RunId } from '../../platform/temporal/start-run.js';

/** Help of the option `--line`. */
export const LINE_OPTION = 'line (that of the source in use)';

/** Parser of a whole number in decimal digits for an option. Bounds are inclusive. */
export const wholeNumber =
  (lowest: number, highest: number) =>
  (text: string): number => {
    const value = /^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new InvalidArgumentError(`A whole number from ${lowest} to ${highest} is wanted.`);
  };

/** Rows of a list; more belong into a file (`--json`). */
export const listLimit = wholeNumber(1, 10_000);
/** Seed of everything random: what a generator with 32 bits tells apart. */
export const seed = wholeNumber(0, 2 ** 32 - 1);
/** A count of things to make or choose. */
export const count = wholeNumber(1, 1_000_000);

/** Parser of a version, so that a mistyped one is refused before anything is started. */
export function semanticVersionOption(text: string): string {
  const parsed = semanticVersion.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('A version such as 1.2.0 is wanted.');
}

/** Parser of a day (its beginning in UTC) or an ISO 8601 moment that is past; the value is a moment. */
export function pastMoment(text: string): string {
  const moment = Date.parse(text);
  const isForm = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(text).success;
  if (isForm && moment <= Date.now()) return new Date(moment).toISOString();
  throw new InvalidArgumentError('A past day (2026-11-23) or moment (2026-11-23T03:00:00Z) is wanted.');
}

/** A span of the past. */
export interface PastRange {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
}

/** Parser of `FROM..TO`, each as {@link pastMoment} takes it; one moment alone is a span of its own. */
export function pastRange(text: string): PastRange {
  const [first = '', last = first, ...more] = text.split('..');
  if (more.length > 0) throw new InvalidArgumentError('Two moments are wanted: 2026-11-01..2026-11-30.');
  const range = { from: pastMoment(first), to: pastMoment(last) };
  if (range.from <= range.to) return range;
  throw new InvalidArgumentError('The first moment is after the last one.');
}

/** Collects an option that may be given several times. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** Options of every command that starts a run. */
export interface RunOptions {
  readonly id?: string;
  readonly detach?: true;
}

/** Adds `--id`, `--wait` and `--detach`. */
export const addRunOptions = (command: Command): Command =>
  command
    .option('--id <id>', 'id of the run (a new one each time)')
    .option('--wait', 'wait for the end and show it (the default)')
    .option('--detach', 'start the run and return');

/** Options of every command that starts a training. */
export interface StartOptions {
  readonly from: StartStage;
  readonly cache: boolean;
  readonly force?: true;
}

/** Adds `--from`, `--no-cache` and `--force`. @param usual - the stage without `--from`. */
export const addStartOptions = (command: Command, usual: StartStage, help: string): Command =>
  addCacheOption(command)
    .addOption(new Option('--from <stage>', help).choices(startStages).default(usual))
    .option('--force', 'start from results of earlier stages though their code has changed since');

/** Adds `--no-cache`. */
/** Adds `--policy`. */
export const addPolicyOption = (command: Command): Command =>
  command.option(
    '--policy <file>',
    'JSON file: columns that are masked, hashed or dropped as they are read (DATA_POLICY)',
  );

export const addCacheOption = (command: Command): Command =>
  command.option('--no-cache', 'compute every step, also those that a run with the same inputs and code has computed');

/** The workflow input that these options give. */
export const startInput = ({ from, cache, force }: StartOptions) => ({ from, cache, force: force === true });

/** The id that the caller asked for, or a base for a dated one. */
export const runId = (options: RunOptions, base: string): RunId =>
  options.id === undefined ? { base } : { exact: options.id };
