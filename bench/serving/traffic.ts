import type { BenchmarkContext, BenchmarkRow } from '../report/suite.js';
import { benchmarkRow } from '../report/suite.js';
import type { Workload } from './installation.js';
import { measure, type Measured } from './measure.js';
import { residentMb } from './process-cpu.js';
import type { CompiledApi, Server } from './servers.js';
import { errorShare, type Target } from './vegeta.js';

const UNLIMITED = { RATE_LIMIT_PER_MINUTE: '0' };

/** The targets in turn, each as often as its weight says. */
function mixOf(parts: readonly (readonly [number, readonly Target[]])[]): Target[] {
  const turns = parts.flatMap(([weight, targets]) => Array.from({ length: weight }, () => targets));
  return Array.from({ length: 40 * turns.length }, (_, i) => {
    const targets = turns[i % turns.length]!;
    return targets[Math.floor(i / turns.length) % targets.length]!;
  });
}

const usualMix = ({ creditByReference, anomaly, intent }: Workload): Target[] =>
  mixOf([[4, creditByReference], [4, anomaly], [2, intent]]); // prettier-ignore

const describe = (name: string, rate: number, found: Measured): string =>
  `${name} at ${rate.toFixed(0)}/s: ${found.throughput.toFixed(0)}/s answered, p95 ${found.p95.toFixed(1)} ms, ` +
  `p99 of answered ${found.p99OfAnswered.toFixed(1)} ms, ${found.cpuUs.toFixed(0)} µs CPU, ${JSON.stringify(found.statuses)}`;

/** 1,000 requests a second of three models with everything on, and the memory of all five afterwards. */
export async function mixedTraffic(
  api: CompiledApi,
  work: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const server = await api.startWhole(UNLIMITED);
  const load = { token: work.token, targets: usualMix(work), rate: 1000, seconds: 20 };
  try {
    await measure(server, { ...load, seconds: 3 });
    const found = await measure(server, load);
    onProgress(describe('mix', load.rate, found));
    return [
      benchmarkRow({ name: 'mix of 1,000/s: p95', value: found.p95, unit: 'ms', target: { atMost: 100 } }),
      benchmarkRow({
        name: 'mix of 1,000/s: errors',
        value: errorShare(found),
        unit: 'share',
        target: { atMost: 0.001 },
      }),
      benchmarkRow({ name: 'mix: CPU a request', value: found.cpuUs, unit: 'µs' }),
      benchmarkRow({ name: 'five models: memory', value: residentMb(server.pid), unit: 'MB', target: { atMost: 300 } }),
    ];
  } finally {
    await server.stop();
  }
}

/** How much four other models at 10 requests a second each hold up credit at 100. */
export async function isolation(
  api: CompiledApi,
  work: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const server = await api.startWhole(UNLIMITED);
  const { token } = work;
  const credit = { token, targets: work.creditByReference, rate: 100, seconds: 20 };
  const others = mixOf([work.anomalyWithHistory, work.intent, work.ner, work.spending].map((targets) => [1, targets]));
  try {
    await measure(server, { ...credit, seconds: 3 });
    const alone = await measure(server, credit);
    const [among] = await Promise.all([
      measure(server, credit),
      measure(server, { token, targets: others, rate: 40, seconds: 20 }),
    ]);
    onProgress(`credit alone p99 ${alone.p99.toFixed(1)} ms, among others ${among.p99.toFixed(1)} ms`);
    const value = among.p99 - alone.p99;
    return [benchmarkRow({ name: 'credit at 100/s, p99 among others', value, unit: 'ms more than alone', target: { atMost: 15 } })]; // prettier-ignore
  } finally {
    await server.stop();
  }
}

/** Bars at four times saturation. */
const overloadBars = { mix: 0.9, credit: 0.65 } as const;

/** Throughput and latency at 0.5, 1, 2 and 4 times the saturating rate. */
export async function overload(
  api: CompiledApi,
  work: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const server = await api.startWhole(UNLIMITED);
  try {
    const rows: BenchmarkRow[] = [];
    for (const name of ['mix', 'credit'] as const) {
      const targets = name === 'mix' ? usualMix(work) : [...work.creditByReference];
      rows.push(...(await overloadOf({ server, name, targets, token: work.token, onProgress })));
    }
    return rows;
  } finally {
    await server.stop();
  }
}

interface Overload {
  readonly server: Server;
  readonly name: keyof typeof overloadBars;
  readonly targets: readonly Target[];
  readonly token: string;
  readonly onProgress: (line: string) => void;
}

const SECONDS = 8;
/** Requests a second at which the search for saturation begins, and by what the rate is multiplied in each step. */
const [FIRST_RATE, STEP] = [800, 1.3];
/** A server that answers a smaller share of what is asked of it is saturated. */
const ANSWERED = 0.95;

/**
 * Raises the rate until not all is answered. What a lone request costs says little about it: an idle thread is woken for
 * each request, and a busy one answers many in a turn at a third of the price.
 * @returns the most requests a second that were answered.
 */
async function findSaturation(at: (rate: number) => Promise<Measured>): Promise<number> {
  let most = 0;
  for (let rate = FIRST_RATE; ; rate *= STEP) {
    const { throughput } = await at(rate);
    most = Math.max(most, throughput);
    if (throughput < ANSWERED * rate) return most;
  }
}

async function overloadOf({ server, name, targets, token, onProgress }: Overload): Promise<BenchmarkRow[]> {
  const at = async (rate: number): Promise<Measured> => {
    const found = await measure(server, { token, targets, rate: Math.round(rate), seconds: SECONDS });
    onProgress(describe(name, rate, found));
    return found;
  };
  const saturation = await findSaturation(at);
  onProgress(`${name}: at most ${saturation.toFixed(0)}/s answered`);
  const curve: Measured[] = [];
  for (const times of [0.5, 1, 2, 4]) curve.push(await at(times * saturation));
  const most = Math.max(...curve.map(({ throughput }) => throughput));
  const [saturated, flooded] = [curve[1]!, curve[3]!];
  return [
    benchmarkRow({ name: `${name}: highest throughput`, value: most, unit: 'requests/s' }),
    benchmarkRow({
      name: `${name} at 4 x saturation: throughput / highest`,
      ...{ value: flooded.throughput / most, unit: 'share', target: { atLeast: overloadBars[name] } },
    }),
    benchmarkRow({
      name: `${name} at 4 x saturation: p99 of answered / at saturation`,
      ...{ value: flooded.p99OfAnswered / saturated.p99OfAnswered, unit: 'ratio', target: { atMost: 3 } },
    }),
  ];
}
