import { findModel } from '../../models/catalogue.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { cpuSince } from '../support/cpu.js';
import { generatedSpending, trainSharded } from './generated-data.js';

const USERS = 1000;

/** A thousand customers with ten series and more each, backtest included, shard by shard as Temporal hands them out. */
export async function scaleRows({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const model = await findModel('spending-predictor');
  const { train } = await generatedSpending(USERS);
  const count = Math.max(1, model.shards!.count(train.table.rowCount, model.params.parse({})));
  const before = process.cpuUsage();
  const files = await trainSharded(train, count);
  const seconds = cpuSince(before);
  const { customers } = JSON.parse(new TextDecoder().decode(files['customers.json'])) as {
    customers: Record<string, { months: object }>;
  };
  const series = Object.values(customers).reduce((sum, { months }) => sum + Object.keys(months).length, 0);
  onProgress(`scale: ${series} series of ${USERS} customers in ${count} shards, ${seconds.toFixed(0)} CPU s`);
  const bytes = (files['customers.json']?.length ?? 0) / series;
  const memory = process.memoryUsage().rss / 2 ** 20;
  return [
    benchmarkRow({
      name: `${USERS} customers x 10 series with backtest`,
      value: seconds,
      unit: 'CPU s',
      target: { atMost: 600 },
    }),
    benchmarkRow({ name: 'series a customer', value: series / USERS, unit: 'series', target: { atLeast: 10 } }),
    benchmarkRow({ name: 'state a series', value: bytes / 1000, unit: 'kB', target: { atMost: 10 } }),
    benchmarkRow({ name: 'memory of the process at the end', value: memory, unit: 'MB' }),
  ];
}
