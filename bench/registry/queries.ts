import type pg from 'pg';
import { createPostgresRegistry } from '../../registry/postgres-registry.js';
import { createRunBook } from '../../registry/run-search/run-book.js';
import { type BenchmarkRow, reaches } from '../report/suite.js';

const REPETITIONS = 20;
const TARGET = { atMost: 200 } as const;

/** 95th percentile of wall times in milliseconds. */
async function p95(work: (i: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const start = performance.now();
    await work(i);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[Math.ceil(0.95 * REPETITIONS) - 1]!;
}

/** What people ask of the registry, each with other values every time. */
export async function measureQueries(pool: pg.Pool): Promise<BenchmarkRow[]> {
  const registry = createPostgresRegistry(pool);
  const book = createRunBook(pool);
  const page = async (after?: string) => book.search({ limit: 20, after });
  const first = await page();
  const questions: Readonly<Record<string, (i: number) => Promise<unknown>>> = {
    'list of 20': () => page(),
    'next page': () => page(first.runs.at(-1)!.cursor),
    'by metric, newest first': (i) => book.search({ where: `metrics.metric3 > ${0.8 + i / 200}`, limit: 20 }),
    'by metric that few have': (i) => book.search({ where: `metrics.metric3 > ${0.9999 + i / 1e6}`, limit: 20 }),
    'by metric, parameter and tag': (i) =>
      book.search({ where: `metrics.metric${i} > 0.8 and params.maxDepth = 6 and tags.team = 'risk'`, limit: 20 }),
    'best by metric': (i) =>
      book.search({ where: `model = 'model-${i % 5}'`, orderBy: `metrics.metric${i} desc`, limit: 20 }),
    show: (i) => registry.listRuns({ workflowId: `retraining-${10_000 + i}` }),
    'compare 20': (i) =>
      registry.listRuns({ workflowIds: Array.from({ length: 20 }, (_, j) => `retraining-${i * 20 + j}/model-1`) }),
    'series of a run': (i) => book.listSteps({ runKey: `k${i + 1}`, modelName: `model-${(i + 1) % 5}` }),
    'models list': () => registry.listVersions({ newestPerLine: 21 }),
    'older versions of a line': (i) =>
      registry.listVersions({ modelName: 'model-1', line: 'default', newestPerLine: 21, olderThan: `1.0.${399 - i}` }),
  };
  const rows: BenchmarkRow[] = [];
  for (const [name, ask] of Object.entries(questions)) {
    await ask(0);
    const value = await p95(ask);
    rows.push({
      name: `registry: ${name}, p95`,
      value,
      unit: 'ms',
      target: TARGET,
      peer: null,
      pass: reaches(value, TARGET),
    });
  }
  return rows;
}
