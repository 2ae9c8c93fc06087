import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { PipelineError } from '../../contracts/errors.js';
import type { FoundRun } from '../../contracts/run-book.js';
import { findModel } from '../../models/catalogue.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import { csvText } from '../output/csv.js';
import { writeNew } from '../output/write-new.js';
import type { CliContext } from '../program/context.js';
import { reconcileRuns } from '../runs/reconcile.js';
import { annotationLines } from './annotation-lines.js';
import { findRun, runHead, runRow } from './runs-view.js';

export interface SearchOptions {
  readonly model?: string;
  readonly where?: string;
  readonly orderBy?: string;
  readonly limit: number;
  readonly after?: string;
  readonly csv?: string;
}

/** Prints one page of runs, or writes it as CSV. @throws PipelineError `INVALID_FILTER`, `INVALID_INPUT`, `UNKNOWN_MODEL`. */
export async function listRuns(cli: CliContext, { model, csv, ...search }: SearchOptions): Promise<void> {
  const { services, temporal } = await cli.connect();
  const { runs: found, more } = await services.runBook.search({ ...search, modelName: model });
  if (found.length === 0 && model !== undefined) await findModel(model); // a name that was never one
  const present = await reconcileRuns(found, { registry: services.registry, temporal });
  const runs = found.map((run, i) => ({ ...run, ...present[i]! }));
  if (csv !== undefined) await writeNew(resolve(csv), csvOf(runs));
  const next = more ? runs.at(-1)!.cursor : null;
  cli.out.result(csv === undefined ? runs : { file: resolve(csv), runs: runs.length, next }, () => {
    if (csv !== undefined) cli.out.line(`wrote ${runs.length} runs to ${resolve(csv)}`);
    else if (runs.length > 0) cli.out.table({ head: runHead, rows: runs.map(runRow) });
    else cli.out.line(isUnfiltered(search, model) ? 'No run yet. Start one with: ml retrain' : 'No run fulfils this.');
    if (next !== null) cli.out.line(`there are more: --after ${next}`);
  });
}

const isUnfiltered = ({ where, after }: Partial<SearchOptions>, model: string | undefined): boolean =>
  where === undefined && after === undefined && model === undefined;

/** One row a run; a column for each metric, parameter and tag that one of them has. */
export function csvOf(runs: readonly FoundRun[]): string {
  const metrics = namesIn(runs.map((run) => run.metrics.map(({ name }) => name)));
  const params = namesIn(runs.map((run) => Object.keys(run.params)));
  const tags = namesIn(runs.map((run) => Object.keys(run.tags)));
  const named = [
    ...metrics.map((name) => `metrics.${name}`),
    ...params.map((name) => `params.${name}`),
    ...tags.map((name) => `tags.${name}`),
  ];
  const head = [
    'run',
    'model',
    'line',
    'decision',
    'version',
    'started',
    'ended',
    'seconds',
    'seed',
    'code',
    'dataset',
  ];
  return csvText([
    [...head, ...named],
    ...runs.map((run) => [
      ...factsOf(run),
      ...metrics.map((name) => run.metrics.find((metric) => metric.name === name)?.value ?? null),
      ...params.map((name) => cellOf(run.params[name])),
      ...tags.map((name) => run.tags[name] ?? null),
    ]),
  ]);
}

const namesIn = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

const factsOf = (run: FoundRun): (string | number | null)[] => [
  ...[run.workflowId, run.modelName, run.line, run.status, run.version],
  ...[run.startedAt.toISOString(), run.endedAt?.toISOString() ?? null],
  run.endedAt === null ? null : (run.endedAt.getTime() - run.startedAt.getTime()) / 1000,
  ...[run.seed, run.codeVersion, run.dataset?.hash ?? null],
];

function cellOf(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

interface TagOrder {
  readonly tags: readonly string[];
  readonly remove: readonly string[];
  readonly by?: string;
}

/** Sets and removes tags. @throws PipelineError `RUN_NOT_FOUND`, `INVALID_INPUT`. */
export async function tagRun(cli: CliContext, id: string, { tags, remove, by }: TagOrder): Promise<void> {
  const wanted = Object.fromEntries([...tags.map(pairOf), ...remove.map((name) => [name, null] as const)]);
  const connection = await cli.connect();
  const run = await findRun(connection, id);
  const { runBook } = connection.services;
  await runBook.tag(run, wanted, by ?? userInfo().username);
  const { tags: present } = await runBook.annotations(run);
  cli.out.result({ run: run.workflowId, tags: present }, () => {
    for (const line of annotationLines({ tags: present, notes: [] })) cli.out.line(line);
    if (Object.keys(present).length === 0) cli.out.line(`${run.workflowId} has no tag`);
  });
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new PipelineError('INVALID_INPUT', `"${text.slice(0, 40)}" is no tag; wanted name=value, such as team=risk`);
}

interface NoteOrder {
  readonly text?: string;
  readonly file?: string;
  readonly by?: string;
}

/** Adds a note. @throws PipelineError `RUN_NOT_FOUND`, `INVALID_INPUT`, `FILE_NOT_READABLE`. */
export async function noteRun(cli: CliContext, id: string, { text, file, by }: NoteOrder): Promise<void> {
  const note = text ?? (await readNote(file!));
  const connection = await cli.connect();
  const run = await findRun(connection, id);
  const added = await connection.services.runBook.note(run, note, by ?? userInfo().username);
  cli.out.result({ run: run.workflowId, ...added }, () => cli.out.line(`noted at ${run.workflowId}`));
}

const readNote = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((fault: unknown) => {
    throw fileNotReadable(file, fault);
  });
