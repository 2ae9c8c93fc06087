import { execFile, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

/** One request of a load. */
export interface Target {
  readonly path: string;
  readonly body: unknown;
}

export interface Load {
  readonly url: string;
  readonly token?: string | undefined;
  /** Asked in turn. */
  readonly targets: readonly Target[];
  /**
   * Requests a second, sent whether or not former ones were answered (open model); `saturating`: each of 32 connections
   * asks again as soon as it is answered, which shows what the server can take.
   */
  readonly rate: number | 'saturating';
  readonly seconds: number;
}

/** What a load met. */
export interface LoadResult {
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Milliseconds of all requests. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Answered 200, a second of the attack. */
  readonly throughput: number;
  /** Milliseconds of those that were answered 200. */
  readonly p99OfAnswered: number;
}

/** Tells why, when there is no vegeta. */
export async function expectVegeta(): Promise<void> {
  await promisify(execFile)('vegeta', ['-version']).catch(() => {
    throw new Error('vegeta is not on the PATH: go install github.com/tsenart/vegeta/v12@v12.13.0');
  });
}

interface Hit {
  readonly code: number;
  /** Nanoseconds. */
  readonly latency: number;
}

/** Sends a load with vegeta, an open-model generator, and reads every single result. */
export async function attack({ url, token, targets, rate, seconds }: Load): Promise<LoadResult> {
  const header = {
    'content-type': ['application/json'],
    ...(token === undefined ? {} : { authorization: [`Bearer ${token}`] }),
  };
  const lines = targets.map(
    ({ path, body }) =>
    JSON.stringify({ method: 'POST', url: url + path, header, body: Buffer.from(JSON.stringify(body)).toString('base64') }), // prettier-ignore
  );
  const options = [...pacing(rate), `-duration=${seconds}s`, '-format=json', '-timeout=10s', '-max-body=0'];
  const attacking = spawn('vegeta', ['attack', ...options], { stdio: ['pipe', 'pipe', 'inherit'] });
  const encoding = spawn('vegeta', ['encode', '-to=json'], { stdio: ['pipe', 'pipe', 'inherit'] });
  attacking.stdout.pipe(encoding.stdin);
  attacking.stdin.end(`${lines.join('\n')}\n`);
  const hits = (await text(encoding.stdout)).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Hit); // prettier-ignore
  return summarise(hits, seconds);
}

const CONNECTIONS = 32;

const pacing = (rate: Load['rate']): string[] =>
  rate === 'saturating'
    ? ['-rate=0', `-workers=${CONNECTIONS}`, `-max-workers=${CONNECTIONS}`, `-max-connections=${CONNECTIONS}`]
    : [`-rate=${rate}/s`];

function summarise(hits: readonly Hit[], seconds: number): LoadResult {
  const statuses: Record<string, number> = {};
  for (const { code } of hits) statuses[code] = (statuses[code] ?? 0) + 1;
  const answered = hits.filter(({ code }) => code === 200);
  const [all, good] = [hits, answered].map((some) => quantilesOf(some.map(({ latency }) => latency / 1e6)));
  return {
    requests: hits.length,
    statuses,
    ...{ p50: all!(0.5), p95: all!(0.95), p99: all!(0.99) },
    throughput: answered.length / seconds,
    p99OfAnswered: good!(0.99),
  };
}

function quantilesOf(values: number[]): (share: number) => number {
  const sorted = Float64Array.from(values).sort();
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Share of requests that were not answered 200. */
export const errorShare = ({ requests, statuses }: LoadResult): number => 1 - (statuses[200] ?? 0) / requests;
