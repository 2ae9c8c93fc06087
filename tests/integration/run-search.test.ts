import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRuns, noteRun, type SearchOptions, tagRun } from '../../cli/views/run-search-view.js';
import type { Services } from '../../composition/services.js';
import type { RunBook } from '../../contracts/run-book.js';
import { workflowIds } from '../../contracts/workflows.js';
import { readConfig } from '../../platform/config/config.js';
import { createPostgresRegistry, type PostgresRegistry } from '../../registry/postgres-registry.js';
import { createRunBook } from '../../registry/run-search/run-book.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { captureCommand } from '../support/view-context.js';

let database: TestDatabase;
let pool: pg.Pool;
let registry: PostgresRegistry;
let book: RunBook;
let folder: string;

const hash = (digit: string): string => digit.repeat(64);
const LINE = 'default';

interface Given {
  readonly id: string;
  readonly model?: string;
  readonly params?: Record<string, unknown>;
  readonly metrics?: Readonly<Record<string, number | null>>;
}

/** A finished run, as a training records it. */
async function run({
  id,
  model = 'credit',
  params = {},
  metrics = {},
}: Given): Promise<{ runKey: string; modelName: string }> {
  const runKey = randomUUID();
  await registry.ensureLine(model, LINE, { kind: 'group', column: 'id', fraction: 0.3, salt: 'salt' });
  await registry.startRun({
    runKey,
    workflowId: id,
    modelName: model,
    line: LINE,
    seed: 42,
    params,
    codeVersion: '0.1.0',
  });
  const dataset = { hash: hash('d'), modelName: model, line: LINE, rows: 1, origin: { kind: 'file' as const, fileName: 'a.csv', format: 'csv', fileHash: hash('e') }, notes: [] }; // prettier-ignore
  const artefactHash = runKey.replaceAll('-', '').repeat(2);
  await registry.register({
    ...{ runKey, modelName: model, line: LINE, dataset, artefactHash },
    ...{ signatureHash: hash('a'), definitionHash: hash('b'), evaluationHash: hash('c'), comparisons: [], gates: [] },
    metrics: Object.entries(metrics).map(([name, value]) => ({
      ...{ name, value, direction: 'higher' as const, n: 10 },
      ...(value === null && { remark: 'no row' }),
    })),
    championVersion: (await registry.findChampion(model, LINE))?.version ?? null,
  });
  await registry.finishRun(runKey, model, { status: 'registered', reasons: [] });
  return { runKey, modelName: model };
}

const idsOf = async (where?: string, more: object = {}): Promise<string[]> =>
  (await book.search({ where, limit: 100, orderBy: 'run', ...more })).runs.map(({ workflowId }) => workflowId);

beforeAll(async () => {
  database = await createTestDatabase();
  // A server's own zone must not move the days of a filter.
  pool = new pg.Pool({ connectionString: database.url, max: 5, options: '-c timezone=Asia/Kolkata' });
  registry = createPostgresRegistry(pool);
  await registry.migrate();
  book = createRunBook(pool);
  folder = await mkdtemp(join(tmpdir(), 'ml-search-'));
  const good = await run({ id: 'weekly-retraining-1/credit', params: { maxDepth: 6, engine: 'hist' }, metrics: { auc: 0.9, ks: 0.5 } }); // prettier-ignore
  await run({ id: 'b', params: { maxDepth: 4 }, metrics: { auc: 0.7, ks: null } });
  const diverged = await run({ id: 'c', params: { maxDepth: 6 }, metrics: { auc: Number.NaN, ks: 0.2 } });
  await run({ id: 'd', model: 'ner', params: { maxDepth: 'deep' }, metrics: { auc: Number.POSITIVE_INFINITY } });
  await pool.query("update registry.runs set started_at = '2026-11-30T01:00:00Z' where workflow_id = 'd'");
  await run({ id: 'e', model: 'ner', metrics: { auc: Number.NEGATIVE_INFINITY, f1: 0.9 } });
  await book.tag(good, { team: 'risk', 'week:48': 'yes' }, 'ada');
  await book.note(good, "the best so far: 5 o'clock run", 'ada');
  const steps = [9, Number.NaN, Number.POSITIVE_INFINITY].map((value, i) => ({
    name: 'boosting',
    step: i + 1,
    value,
    at: new Date(i),
  }));
  await book.recordSteps(diverged, steps);
  await book.recordSteps(diverged, steps);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const WEEKLY = 'weekly-retraining-1/credit';

describe('a search of runs', () => {
  it.each([
    ["metrics.auc > 0.8 and params.maxDepth = 6 and tags.team = 'risk'", [WEEKLY]],
    ['metrics.auc > 0.8', ['d', WEEKLY]],
    ['metrics.auc <= 0.7', ['b', 'e']],
    ['metrics.auc = nan', ['c']],
    ['metrics.auc = inf or metrics.auc = -inf', ['d', 'e']],
    ['metrics.auc != nan', ['b', 'd', 'e', WEEKLY]],
    ['metrics.auc > nan', []],
    ['not metrics.auc > 0.8', ['b', 'c', 'e']],
    ['metrics.ks is null', ['b', 'd', 'e']],
    ['metrics.ks is not null', ['c', WEEKLY]],
    ['metrics.auc in (0.7, 0.9)', ['b', WEEKLY]],
    ['params.maxDepth in (4, 5)', ['b']],
    ['params.maxDepth > 4', ['c', WEEKLY]],
    ["params.maxDepth = 'deep' or params.engine like 'hi%'", ['d', WEEKLY]],
    ['params.maxDepth is null', ['e']],
    ["model = 'ner'", ['d', 'e']],
    ["decision not in ('registered')", []],
    ["parent = 'weekly-retraining-1' and trigger = 'schedule'", [WEEKLY]],
    ["trigger = 'command' and line = 'default' and code like '0.1%'", ['b', 'c', 'd', 'e']],
    ["note ilike '%O''CLOCK%'", [WEEKLY]],
    ["tags.`week:48` = 'yes'", [WEEKLY]],
    ['series.boosting = nan', ['c']],
    ['series.boosting > 8 and series.boosting < 10', ['c']],
    ["started >= '2020-01-01' and started < '2021-01-01'", []],
    ["started = '2026-11-30T01:00'", ['d']],
    ["started < '2026-11-30 01:00:00.000001'", ['d']],
    ["started > '2026-11-30T06:29:59+05:30' and started < '2026-12-01' and model = 'ner'", ['d']],
    ['duration >= 0 and seed = 42', ['b', 'c', 'd', 'e', WEEKLY]],
    ["version = '1.0.0'", ['d', WEEKLY]],
    [
      "snapshot is null and dataset like 'ddd%' and artefact is not null and reason is null",
      ['b', 'c', 'd', 'e', WEEKLY],
    ],
    ["model = 'x'' or true --'", []],
    ["tags.team = '''; drop table registry.runs; --'", []],
    ["metrics.`x' or 1=1 --` > 0", []],
  ])('%s', async (where, found) => {
    expect(await idsOf(where)).toEqual(found);
  });

  it('orders by a metric, without those that have none or NaN', async () => {
    expect(await idsOf(undefined, { orderBy: 'metrics.auc desc' })).toEqual(['d', WEEKLY, 'b', 'e']);
    expect(await idsOf(undefined, { orderBy: 'metrics.ks' })).toEqual(['c', WEEKLY]);
    await expect(idsOf(undefined, { orderBy: 'tags.team' })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: /not ordered by tags\.team/ }); // prettier-ignore
    await expect(idsOf(undefined, { orderBy: 'note' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it.each([
    'started desc',
    'started',
    'metrics.auc desc',
    'metrics.auc',
    'duration',
    'model desc',
    'seed',
    'ended',
    'decision',
    'line',
  ])('pages by %s name each run once, also while others are added', async (orderBy) => {
    const all = await idsOf(undefined, { orderBy });
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page = await book.search({ orderBy, limit: 2, after });
      expect(page.runs.length).toBeGreaterThan(0);
      seen.push(...page.runs.map(({ workflowId }) => workflowId));
      after = page.runs.at(-1)!.cursor;
      more = page.more;
    }
    expect(seen).toEqual(all);
  });

  it('refuses a cursor of another search, and one that is none', async () => {
    const { cursor } = (await book.search({ limit: 1 })).runs[0]!;
    await expect(book.search({ limit: 1, where: 'seed = 1', after: cursor })).rejects.toMatchObject({ message: /another search/ }); // prettier-ignore
    await expect(book.search({ limit: 1, after: 'nonsense' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('reads what is not finite as it was measured', async () => {
    const [found] = (await book.search({ where: 'metrics.auc = nan', limit: 1 })).runs;
    expect(found!.metrics[0]).toMatchObject({ name: 'auc', value: Number.NaN });
    expect((await book.listSteps(found!)).map(({ value }) => value)).toEqual([9, Number.NaN, Number.POSITIVE_INFINITY]);
  });
});

describe('tags and notes', () => {
  const bestRun = async () => (await book.search({ where: `run = '${WEEKLY}'`, limit: 1 })).runs[0]!;

  it('are replaced, removed and kept together', async () => {
    const best = await bestRun();
    await book.tag(best, { 'week:48': null, stage: 'x' }, 'grace');
    await expect(book.tag(best, { stage: 'y', 'no good': '1' }, 'grace')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const { tags, notes } = await book.annotations(best);
    expect(tags).toEqual({ stage: 'x', team: 'risk' });
    expect(notes).toMatchObject([{ by: 'ada', note: /o'clock/ }]);
  });

  it('are set by calls at the same time in whatever order these name them', async () => {
    const best = await bestRun();
    const names = Array.from({ length: 20 }, (_, i) => `t${i}`);
    const inOrder = (all: readonly string[], value: string) => Object.fromEntries(all.map((name) => [name, value]));
    const calls = Array.from({ length: 12 }, (_, i) =>
      book.tag(best, inOrder(i % 2 === 0 ? names : names.toReversed(), String(i)), 'ada'),
    );
    await Promise.all(calls);
    const { tags } = await book.annotations(best);
    expect(new Set(names.map((name) => tags[name])).size).toBe(1);
    await book.tag(best, Object.fromEntries(names.map((name) => [name, null])), 'ada');
  });

  it('have a length, and belong to a run', async () => {
    const best = await bestRun();
    const long = 'x'.repeat(2 ** 20);
    await expect(book.note(best, long, 'ada')).rejects.toMatchObject({ message: 'note: at most 10,000 characters; this has 1048576 characters' }); // prettier-ignore
    await expect(book.note(best, 'a\u0000b', 'ada')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(book.tag(best, { team: '\ud800' }, 'ada')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(book.note(best, ' ', 'ada')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(book.tag(best, { team: long }, 'ada')).rejects.toMatchObject({ message: /at most 500/ });
    const nowhere = { runKey: 'none', modelName: 'credit' };
    await expect(book.tag(nowhere, { a: 'b' }, 'ada')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(book.note(nowhere, 'x', 'ada')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});

describe('the commands', () => {
  const config = () => readConfig({ ML_HOME: folder }, folder);
  const command = (json = false) =>
    captureCommand(config(), { services: { registry, runBook: book } as unknown as Services, temporal: () => Promise.reject(new Error('not asked')) }, { json }); // prettier-ignore
  const list = async (options: Partial<SearchOptions>, json = false) => {
    const it = command(json);
    await listRuns(it.cli, { limit: 20, ...options });
    return it.printed();
  };

  it('list runs, say that there are more, and what finds none', async () => {
    expect(await list({ where: 'metrics.auc > 0.8', orderBy: 'metrics.auc desc' })).toMatch(
      /\nd +ner .*Infinity[\s\S]*\nweekly/,
    );
    expect(await list({ limit: 2 })).toMatch(/there are more: --after \S+\n$/);
    expect(await list({ where: 'seed = 1' })).toBe('No run fulfils this.\n');
    const json = JSON.parse(await list({ where: 'metrics.auc = nan' }, true)) as object[];
    expect(json).toMatchObject([{ workflowId: 'c', metrics: [{ value: 'NaN' }, {}], tags: {}, cursor: expect.any(String) as string }]); // prettier-ignore
    expect(await list({ model: 'ner', orderBy: 'run' })).toMatch(/\nd .*\ne /);
  });

  it('write CSV with a column for each metric, parameter and tag', async () => {
    const csv = join(folder, 'runs.csv');
    await list({ csv, orderBy: 'run' });
    const lines = (await readFile(csv, 'utf8')).split('\r\n');
    expect(lines[0]).toMatch(
      /^run,model,line,.*,metrics\.auc,metrics\.f1,metrics\.ks,params\.engine,params\.maxDepth,tags\.\w+/,
    );
    expect(lines[3]).toMatch(/^d,ner,default,registered,1\.0\.0,.*,Infinity,,,,deep/);
    expect(lines).toHaveLength(7);
    await expect(list({ csv })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: /exists/ });
  });

  it('tag and note a run', async () => {
    const it = command();
    await tagRun(it.cli, 'b', { tags: ['team=a=b', 'x='], remove: [], by: 'ada' });
    expect(it.printed()).toBe('tags        team=a=b x=\n');
    await tagRun(it.cli, 'b', { tags: [], remove: ['team', 'x'] });
    expect(it.printed()).toBe('b has no tag\n');
    await expect(tagRun(it.cli, 'b', { tags: ['team'], remove: [] })).rejects.toMatchObject({ message: /is no tag; wanted name=value/ }); // prettier-ignore
    const file = join(folder, 'note.txt');
    await writeFile(file, 'from a file\n');
    await noteRun(it.cli, 'b', { file });
    await noteRun(it.cli, 'b', { text: 'typed' });
    const { notes } = await book.annotations((await book.search({ where: "run = 'b'", limit: 1 })).runs[0]!);
    expect(notes.map(({ note }) => note)).toEqual(['from a file', 'typed']);
    await expect(noteRun(it.cli, 'b', { file: join(folder, 'none') })).rejects.toMatchObject({
      code: 'FILE_NOT_READABLE',
    });
  });
});

it('tells a run that drift started, whatever the prefix of the installation, from one of a similar name', async () => {
  const retraining = { model: 'text', line: LINE, windowEnd: Date.UTC(2026, 10, 30) };
  const started = ['', 'shop-'].map((prefix) => `${workflowIds.driftRetrainingOf(prefix, retraining)}/text`);
  for (const id of [...started, 'drift-retraining-by-hand']) await run({ id, model: 'text' });
  expect(await idsOf("trigger = 'drift'")).toEqual(started);
  expect(await idsOf("trigger = 'command' and model = 'text'")).toEqual(['drift-retraining-by-hand']);
});
