import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CacheResult } from '../metrics/metrics.js';
import type { SingleAnswer } from '../predictions/single-answer.js';
import { type AnswerCache, type AnswerKey, type CachingRedis, createAnswerCache } from './answer-cache.js';

let clock: number;
let values: Map<string, string>;
let results: CacheResult[];
let fault: Error | null;
const get = vi.fn((key: string) => (fault ? Promise.reject(fault) : Promise.resolve(values.get(key) ?? null)));
const set = vi.fn((key: string, value: string) => {
  if (fault) return Promise.reject(fault);
  values.set(key, value);
  return Promise.resolve('OK');
});

const cacheOver = (redis: unknown): AnswerCache =>
  createAnswerCache({ redis: redis as CachingRedis, count: (_, result) => results.push(result), now: () => clock });
let cache: AnswerCache;

beforeEach(() => {
  clock = 0;
  values = new Map();
  results = [];
  fault = null;
  get.mockClear();
  set.mockClear();
  cache = cacheOver({ get, set });
});

const key = (more: Partial<AnswerKey> = {}): AnswerKey => ({
  ...{ modelName: 'intent', artefactHash: 'a'.repeat(64), question: { text: 'my balance' } },
  ...more,
});
const answer: SingleAnswer = { output: { intent: 'balance' } };
const compute = vi.fn(() => Promise.resolve(answer));
const ask = (more: Partial<AnswerKey> = {}): Promise<SingleAnswer> => cache.through(key(more), 60, compute);

describe('the answer cache', () => {
  it('computes once for the same version and question, and anew for others', async () => {
    compute.mockClear();
    expect([await ask(), await ask()]).toEqual([answer, answer]);
    expect(compute).toHaveBeenCalledTimes(1);
    await ask({ artefactHash: 'b'.repeat(64) });
    await ask({ question: { text: 'my balance', explain: true } });
    expect(compute).toHaveBeenCalledTimes(3);
    expect(results).toEqual(['miss', 'hit', 'miss', 'miss']);
  });

  it('keeps no text of a question in its keys, and answers for as long as the model says', async () => {
    await ask();
    expect([...values.keys()].join()).not.toMatch(/balance/);
    expect(set).toHaveBeenCalledWith(expect.any(String), JSON.stringify(answer), 'EX', 60);
  });

  it('computes once for equal questions at the same time', async () => {
    compute.mockClear();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([answer, answer, answer]);
    expect(compute).toHaveBeenCalledTimes(1);
    expect([...results].sort()).toEqual(['miss', 'shared', 'shared']);
  });

  it('stores no failure', async () => {
    const failing = (): Promise<SingleAnswer> => Promise.reject(new Error('refused'));
    await expect(cache.through(key(), 60, failing)).rejects.toThrow('refused');
    expect([values.size, await ask()]).toEqual([0, answer]);
  });

  it('does not store answers over 32 KB', async () => {
    await cache.through(key(), 60, () => Promise.resolve({ output: 'x'.repeat(40_000) }));
    expect(values.size).toBe(0);
  });

  it('goes without Redis for a second after a failure, then lets one request try', async () => {
    fault = new Error('timed out');
    await ask();
    expect(get).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 5; i++) expect(await ask()).toEqual(answer);
    expect([get.mock.calls.length, set.mock.calls.length]).toEqual([1, 0]);
    clock = 1_000;
    await Promise.all([ask(), ask({ question: 2 }), ask({ question: 3 })]);
    expect(get).toHaveBeenCalledTimes(2);
    fault = null;
    clock = 2_000;
    await ask();
    await ask();
    expect(results.at(-1)).toBe('hit');
  });

  it('without Redis still computes once at a time', async () => {
    compute.mockClear();
    cache = cacheOver(null);
    await Promise.all([ask(), ask()]);
    await ask();
    expect(compute).toHaveBeenCalledTimes(2);
  });
});
