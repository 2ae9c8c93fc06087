import type { BenchmarkContext, BenchmarkRow } from '../report/suite.js';
import { benchmarkRow } from '../report/suite.js';
import { type Workload, transactionWithHistory, yearOfSpending } from './installation.js';
import { BATCH_LIMIT_BYTES, BATCH_LIMIT_ROWS, BODY_LIMIT_BYTES } from '../../serving/routes/limits.js';
import { medianOf } from './measure.js';
import type { CompiledApi, Server } from './servers.js';
import type { Target } from './vegeta.js';

/** Milliseconds of CPU. */
const LONGEST_TURN = 15;
/** Requests of a kind: the first ones are not compiled yet. */
const [WARM_UP, ROUNDS] = [12, 9];

/** As many rows as fit into a body, at most so many. */
function mostRows(whole: (rows: number) => object, bytes: number, most = 2 ** 14): object {
  const fits = (rows: number): boolean => rows <= most && JSON.stringify(whole(rows)).length < bytes;
  let rows = 1;
  for (let step = 2 ** 13; step >= 1; step /= 2) if (fits(rows + step)) rows += step;
  return whole(rows);
}

const words = 'paid Rs 1,500 to Swiggy on 3 March and 250 to Uber yesterday, balance? ';
const textOf = (characters: number): object => ({ text: words.repeat(100).slice(0, characters) });
const explained = ({ path, body }: Target): Target => ({ path: `${path}/explain`, body });

/** The largest requests that are taken, of each kind. */
function largestRequests({ credit, anomaly }: Workload): Readonly<Record<string, Target>> {
  const history = { path: '/predict/anomaly', body: mostRows((n) => transactionWithHistory(n, 60), BODY_LIMIT_BYTES) };
  const spending = (days: number): Target => ({
    path: '/predict/spending',
    body: mostRows((n) => ({ ...yearOfSpending(n), horizonDays: days }), BODY_LIMIT_BYTES),
  });
  const intent = { path: '/predict/intent', body: textOf(4000) };
  const entities = { path: '/predict/ner', body: textOf(2000) };
  /** @param most - rows: of slow ones few say as much. */
  const batchOf = ({ path, body }: Target, most = BATCH_LIMIT_ROWS): Target => ({
    path: `${path}/batch`,
    body: mostRows((n) => ({ inputs: Array.from({ length: n }, () => body) }), BATCH_LIMIT_BYTES, most),
  });
  const plain = {
    credit: credit[0]!,
    anomaly: anomaly[0]!,
    'anomaly, longest history': history,
    'intent, 4,000 characters': intent,
    'entities, 2,000 characters': entities,
    'spending, 30 days, most transactions': spending(30),
    'spending, three years, most transactions': spending(1095),
  };
  const explanations = Object.entries(plain).map(([name, target]) => [`explain ${name}`, explained(target)] as const);
  const batches = {
    'largest batch of credit': batchOf(credit[0]!),
    'largest batch of histories': batchOf({ path: history.path, body: transactionWithHistory(95, 60) }),
    'batch of longest texts': batchOf(entities, 20),
  };
  return { ...plain, ...Object.fromEntries(explanations), ...batches };
}

/** Longest turn of the event loop by kind of request, one at a time. */
export async function longestTurns(
  api: CompiledApi,
  work: Workload,
  { onProgress }: BenchmarkContext,
): Promise<BenchmarkRow[]> {
  const server = await api.startBare();
  try {
    const rows: BenchmarkRow[] = [];
    for (const [name, target] of Object.entries(largestRequests(work))) {
      const turns = await turnsOf(server, target);
      const value = medianOf(turns);
      onProgress(`${name}: turns of ${Math.min(...turns).toFixed(1)} to ${Math.max(...turns).toFixed(1)} ms`);
      rows.push(benchmarkRow({ name: `turn: ${name}`, value, unit: 'ms CPU', target: { atMost: LONGEST_TURN } }));
    }
    return rows;
  } finally {
    await server.stop();
  }
}

async function turnsOf({ url }: Server, { path, body }: Target): Promise<number[]> {
  const payload = JSON.stringify(body);
  const turns: number[] = [];
  for (let request = 0; request < WARM_UP + ROUNDS; request++) {
    await post(`${url}/bench/turns`, '"start"');
    await post(url + path, payload);
    const { longestMs } = (await post(`${url}/bench/turns`, '"stop"')) as { longestMs: number };
    if (request >= WARM_UP) turns.push(longestMs);
  }
  return turns;
}

async function post(url: string, body: string): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
