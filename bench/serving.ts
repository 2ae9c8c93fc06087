import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';
import { cacheHits } from './serving/cache.js';
import { explainCosts, requestCosts } from './serving/costs.js';
import { readWorkload, type Workload } from './serving/installation.js';
import { type CompiledApi, compileApi } from './serving/servers.js';
import { isolation, mixedTraffic, overload } from './serving/traffic.js';
import { longestTurns } from './serving/turns.js';
import { expectVegeta } from './serving/vegeta.js';

type Section = (api: CompiledApi, work: Workload, context: BenchmarkContext) => Promise<BenchmarkRow[]>;

const sections: Readonly<Record<string, Section>> = {
  costs: requestCosts,
  explain: explainCosts,
  mix: mixedTraffic,
  isolation,
  overload,
  turns: longestTurns,
  cache: cacheHits,
};

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  await expectVegeta();
  const work = await readWorkload();
  const api = await compileApi();
  const rows: BenchmarkRow[] = [];
  try {
    for (const [name, section] of Object.entries(sections))
      if (context.wants(name)) rows.push(...(await section(api, work, context)));
  } finally {
    api.close();
  }
  return rows;
}

/**
 * The prediction API of the installation in ML_HOME, which must be up and trained (`npm run retrain`); needs vegeta on
 * the PATH, and for the peer python3 with fastapi, uvicorn and onnxruntime. `--only` takes costs, explain, mix, isolation,
 * overload, turns or cache.
 */
export const benchmarks: BenchmarkSuite = {
  description: 'CPU, latency, overload and memory of the prediction API, beside FastAPI on the same graph',
  run,
};
