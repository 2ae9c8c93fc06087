import { spendingHistory } from '../../models/spending-predictor/data/spending-history.js';
import { findModel } from '../../models/catalogue.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { cpuSince } from '../support/cpu.js';
import { generatedSpending, trainSharded } from './generated-data.js';

const USERS = 1000;
/** Moment of the states, after all rows. */
const SNAPSHOT = Date.UTC(2026, 10, 1);

/** A thousand customers with ten series and more each, backtest included, shard by shard as Temporal hands them out. */
export async function scaleRows({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const model = await findModel('spending-predictor');
  const { train } = await generatedSpending(USERS);
  const count = Math.max(1, model.shards!.count(train.table.rowCount, model.params.parse({})));
  const before = process.cpuUsage();
  const files = await trainSharded(train, count);
  const seconds = cpuSince(before);
  const states = [...spendingHistory.build(train, SNAPSHOT)].map(([, state]) => state);
  const series = states.reduce((sum, { streams }) => sum + new Set(streams.map(([category]) => category)).size, 0);
  onProgress(`scale: ${series} series of ${USERS} customers in ${count} shards, ${seconds.toFixed(0)} CPU s`);
  const bytes = states.reduce((sum, state) => sum + JSON.stringify(state).length, 0) / USERS;
  const learned = Object.values(files).reduce((sum, file) => sum + file.length, 0);
  const memory = process.memoryUsage().rss / 2 ** 20;
  return [
    benchmarkRow({
      name: `${USERS} customers x 10 series with backtest`,
      value: seconds,
      unit: 'CPU s',
      target: { atMost: 600 },
    }),
    benchmarkRow({ name: 'series a customer', value: series / USERS, unit: 'series', target: { atLeast: 10 } }),
    benchmarkRow({ name: 'state a customer', value: bytes / 1000, unit: 'kB', target: { atMost: 20 } }),
    benchmarkRow({
      name: 'artefact, whatever the number of customers',
      value: learned / 1000,
      unit: 'kB',
      target: { atMost: 500 },
    }),
    benchmarkRow({ name: 'memory of the process at the end', value: memory, unit: 'MB' }),
  ];
}
