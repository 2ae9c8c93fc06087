import type { BenchmarkContext, BenchmarkRow } from '../report/suite.js';
import { benchmarkRow } from '../report/suite.js';
import type { Workload } from './installation.js';
import { measure, medianOf } from './measure.js';
import { type CompiledApi, type Server, startPeer } from './servers.js';
import { errorShare, type Target } from './vegeta.js';

/** What is measured in each round, one after the other. */
interface Case {
  readonly name: string;
  readonly server: Server;
  readonly token?: string;
  readonly targets: readonly Target[];
  readonly rate: number;
}

const ROUNDS = 9;
const SECONDS = 2;
/** Until the compiler has optimised what a request runs. */
const WARM_UP_SECONDS = 6;

type Costs = ReadonlyMap<string, number>;

/** Median CPU of the main process a request, in microseconds; the cases alternate within each round. */
async function costsOf(cases: readonly Case[], onProgress: (line: string) => void): Promise<Costs> {
  const seen = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  for (const one of cases) await measure(one.server, { ...one, rate: 2 * one.rate, seconds: WARM_UP_SECONDS });
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, server, ...load } of cases) {
      const measured = await measure(server, { ...load, seconds: SECONDS });
      if (errorShare(measured) > 0) throw new Error(`${name}: answered ${JSON.stringify(measured.statuses)}`);
      seen.get(name)!.push(measured.cpuUs);
      onProgress(`round ${round + 1} ${name}: ${measured.cpuUs.toFixed(0)} µs, p99 ${measured.p99.toFixed(1)} ms`);
    }
  return new Map([...seen].map(([name, values]) => [name, medianOf(values)]));
}

/** Bars of the ratio to a bare, validated credit request. */
const relativeBars = { anomaly: 1.2, 'anomaly, 155 rows': 8, intent: 3, ner: 4.5, 'spending, 30 days': 40 } as const;

/** CPU of a request: credit against FastAPI, bare and with everything on, and the other models against credit. */
export async function requestCosts(
  api: CompiledApi,
  work: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const [bare, whole] = [await api.startBare(), await api.startWhole({ RATE_LIMIT_PER_MINUTE: '1000000' })];
  const peer = await startPeer(work.creditFiles);
  const { token } = work;
  try {
    const costs = await costsOf(
      [
        { name: 'credit', server: bare, targets: work.credit, rate: 400 },
        ...(peer === null ? [] : [{ name: 'FastAPI', server: peer, targets: work.credit, rate: 400 }]),
        { name: 'credit, everything on', server: whole, token, targets: work.creditByReference, rate: 400 },
        { name: 'anomaly', server: bare, targets: work.anomaly, rate: 400 },
        { name: 'anomaly, 155 rows', server: bare, targets: work.anomalyWithHistory, rate: 100 },
        { name: 'intent', server: bare, targets: work.intent, rate: 300 },
        { name: 'ner', server: bare, targets: work.ner, rate: 200 },
        { name: 'spending, 30 days', server: bare, targets: work.spending, rate: 30 },
      ],
      onProgress,
    );
    return [...againstPeer(costs), ...relative(costs)];
  } finally {
    await Promise.all([bare.stop(), whole.stop(), peer?.stop()]);
  }
}

function againstPeer(costs: Costs): BenchmarkRow[] {
  const fastApi = costs.get('FastAPI');
  const rowOf = (name: string, atMost: number): BenchmarkRow =>
    benchmarkRow({
      name: `${name}: CPU a request / FastAPI's`,
      value: fastApi === undefined ? Number.NaN : costs.get(name)! / fastApi,
      unit: 'ratio',
      target: fastApi === undefined ? null : { atMost },
      peer: fastApi === undefined ? null : { name: 'FastAPI, µs', value: fastApi },
    });
  return [
    benchmarkRow({ name: 'credit: CPU a request', value: costs.get('credit')!, unit: 'µs' }),
    rowOf('credit', 0.25),
    rowOf('credit, everything on', 0.55),
  ];
}

const relative = (costs: Costs): BenchmarkRow[] =>
  Object.entries(relativeBars).map(([name, atMost]) =>
    benchmarkRow({
      name: `${name}: CPU a request / credit's`,
      value: costs.get(name)! / costs.get('credit')!,
      unit: 'ratio',
      target: { atMost },
    }),
  );

/** Milliseconds of CPU of an explanation. */
const explainBars = { anomaly: 5, credit: 3, intent: 3, ner: 3, spending: 10 } as const;

export async function explainCosts(
  api: CompiledApi,
  work: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const server = await api.startBare();
  try {
    const cases = Object.keys(explainBars).map((name) => ({
      ...{ name, server, rate: 40 },
      targets: work[name as keyof typeof explainBars].map(({ path, body }) => ({ path: `${path}/explain`, body })),
    }));
    const costs = await costsOf(cases, onProgress);
    return Object.entries(explainBars).map(([name, atMost]) =>
      benchmarkRow({ name: `explain ${name}: CPU`, value: costs.get(name)! / 1000, unit: 'ms', target: { atMost } }),
    );
  } finally {
    await server.stop();
  }
}
