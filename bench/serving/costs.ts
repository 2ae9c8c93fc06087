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
  /** Requests a second. @default a share of what the server was seen to take */
  readonly rate?: number;
}

const ROUNDS = 9;
const SECONDS = 2;
/** Until the compiler has optimised what a request runs. */
const WARM_UP_SECONDS = 8;
/** Where it is seen what the server takes. */
const PROBE_SECONDS = 2;
/**
 * Share of the saturating rate at which requests are measured. At a few hundred requests a second the idle thread is woken
 * for each of them, which costs any server more than the request: that is not what is compared.
 */
const LOAD = 0.7;
/** A round in which other programs have the processor, so that requests are refused, does not count. */
const FEWEST_ROUNDS = 5;
/** Share of requests without an answer in a round that counts. */
const MOST_ERRORS = 0.001;

type Costs = ReadonlyMap<string, number>;

/** Median CPU of the main process a request, in microseconds; the cases alternate within each round. */
async function costsOf(cases: readonly Case[], onProgress: (line: string) => void): Promise<Costs> {
  const seen = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  const rates = new Map<string, number>();
  for (const one of cases) rates.set(one.name, one.rate ?? (await warmUp(one)));
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, server, ...load } of cases) {
      const measured = await measure(server, { ...load, rate: rates.get(name)!, seconds: SECONDS });
      const counts = errorShare(measured) <= MOST_ERRORS;
      if (counts) seen.get(name)!.push(measured.cpuUs);
      const outcome = counts ? `p99 ${measured.p99.toFixed(1)} ms` : `left out, ${JSON.stringify(measured.statuses)}`;
      onProgress(`round ${round + 1} ${name} at ${rates.get(name)}/s: ${measured.cpuUs.toFixed(0)} µs, ${outcome}`);
    }
  return new Map([...seen].map(([name, values]) => [name, medianOfRounds(name, values)]));
}

/** @returns the rate at which the case is measured. */
async function warmUp(one: Case): Promise<number> {
  await measure(one.server, { ...one, rate: 'saturating', seconds: WARM_UP_SECONDS });
  const { throughput } = await measure(one.server, { ...one, rate: 'saturating', seconds: PROBE_SECONDS });
  return Math.max(1, Math.round(LOAD * throughput));
}

function medianOfRounds(name: string, values: readonly number[]): number {
  if (values.length >= FEWEST_ROUNDS) return medianOf(values);
  throw new Error(
    `${name}: requests were refused in ${ROUNDS - values.length} of ${ROUNDS} rounds; use a free machine`,
  );
}

/** Requests a second of an idle server, for comparison. */
const SLOW = 400;
const slowPeer = `FastAPI at ${SLOW}/s`;
/** What no model costs. */
const http = "Node's http, a constant answer";
const framework = 'Fastify, a constant answer';

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
  const floors = { [http]: await api.startConstant('http'), [framework]: await api.startConstant('fastify') };
  const { token } = work;
  try {
    const costs = await costsOf(
      [
        { name: 'credit', server: bare, targets: work.credit },
        ...(peer === null ? [] : [{ name: 'FastAPI', server: peer, targets: work.credit }]),
        ...Object.entries(floors).map(([name, server]) => ({ name, server, targets: work.credit })),
        { name: 'credit, everything on', server: whole, token, targets: work.creditByReference },
        { name: 'anomaly', server: bare, targets: work.anomaly },
        { name: 'anomaly, 155 rows', server: bare, targets: work.anomalyWithHistory },
        { name: 'intent', server: bare, targets: work.intent },
        { name: 'ner', server: bare, targets: work.ner },
        { name: 'spending, 30 days', server: bare, targets: work.spending },
        { name: `credit at ${SLOW}/s`, server: bare, targets: work.credit, rate: SLOW },
        ...(peer === null ? [] : [{ name: slowPeer, server: peer, targets: work.credit, rate: SLOW }]),
      ],
      onProgress,
    );
    return [...againstPeer(costs), ...relative(costs)];
  } finally {
    await Promise.all([bare.stop(), whole.stop(), peer?.stop(), ...Object.values(floors).map((floor) => floor.stop())]);
  }
}

function againstPeer(costs: Costs): BenchmarkRow[] {
  const fastApi = costs.get('FastAPI');
  const rowOf = (name: string, atMost?: number): BenchmarkRow =>
    benchmarkRow({
      name: `${name}: CPU a request / FastAPI's`,
      value: fastApi === undefined ? Number.NaN : costs.get(name)! / fastApi,
      unit: 'ratio',
      target: fastApi === undefined || atMost === undefined ? null : { atMost },
      peer: fastApi === undefined ? null : { name: 'FastAPI, µs', value: fastApi },
    });
  return [
    benchmarkRow({ name: 'credit: CPU a request', value: costs.get('credit')!, unit: 'µs' }),
    rowOf(http),
    rowOf(framework),
    rowOf('credit', 0.25),
    rowOf('credit, everything on', 0.55),
    benchmarkRow({
      name: `credit at ${SLOW}/s: CPU a request / FastAPI's`,
      value: costs.get(`credit at ${SLOW}/s`)! / (costs.get(slowPeer) ?? Number.NaN),
      unit: 'ratio',
    }),
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
      ...{ name, server },
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
