import type { Metric } from '../../contracts/evaluation.js';
import { measuredValue } from '../../learning/evaluation/metrics/index.js';
import { findModel } from '../../models/catalogue.js';
import { benchmarkRow, type BenchmarkContext, type BenchmarkRow } from '../report/suite.js';
import { cpuSince } from '../support/cpu.js';
import { trainingContext } from '../support/training-context.js';
import { generatedSpending, SEED } from './generated-data.js';
import { reconciliationRows } from './reconciliation.js';

const USERS = 300;

const coverageBar = (name: string, metric: Metric, nominal: number): BenchmarkRow[] => {
  const value = measuredValue(metric);
  const gap = Math.abs(value - nominal);
  const unit = 'points';
  return [
    benchmarkRow({
      name: `${name}: distance of ${(100 * value).toFixed(1)} % from nominal`,
      value: 100 * gap,
      unit,
      target: { atMost: 3 },
    }),
  ];
};

/** The generated backend at its frozen difficulty: a rolling year through the served artefact. */
export async function generatedRows({ onProgress }: BenchmarkContext): Promise<BenchmarkRow[]> {
  const model = await findModel('spending-predictor');
  const { train, holdout } = await generatedSpending(USERS);
  const before = process.cpuUsage();
  const params = model.params.parse({});
  const context = trainingContext(SEED);
  const shard = await model.shards!.fit(context, train, params, { index: 0, count: 1 });
  const predictor = await model.predictor(await model.train(trainingContext(SEED, { shards: [shard] }), train, params));
  const scored = await model.score(predictor, holdout, context);
  await predictor.close();
  const { metrics, slices } = model.evaluate(scored, holdout, context);
  const seconds = cpuSince(before);
  onProgress(`generated backend: ${USERS} customers, ${seconds.toFixed(1)} CPU s`);
  const mean = model.evaluate(model.baseline(train, holdout).scored, holdout, context).metrics;
  const of = (list: readonly Metric[], name: string): Metric => list.find((metric) => metric.name === name)!;
  const peer = (name: string) => ({ name: '12-month mean', value: 100 * measuredValue(of(mean, name)) });
  const percent = (name: string, metric: string, atMost: number): BenchmarkRow =>
    benchmarkRow({
      name,
      value: 100 * measuredValue(of(metrics, metric)),
      unit: '%',
      target: { atMost },
      peer: peer(metric),
    });
  const months = slices.filter(({ name }) => name.startsWith('history: '));
  return [
    percent('generated, MAPE of the monthly total', 'mape', 12),
    percent('generated, MAPE of the discretionary total', 'mapeDiscretionary', 15),
    benchmarkRow({
      name: 'generated, MAPE of the 12-month mean',
      value: peer('mape').value,
      unit: '%',
      target: { atLeast: 18 },
    }),
    benchmarkRow({
      name: 'generated, median MASE of categories',
      value: measuredValue(of(metrics, 'medianMase')),
      unit: 'ratio',
      target: { atMost: 1 },
    }),
    ...coverageBar('generated, 80 % band', of(metrics, 'coverage80'), 0.8),
    ...coverageBar('generated, 95 % band', of(metrics, 'coverage95'), 0.95),
    // By length of history for information: most parts are too small for three points to mean anything.
    ...months.flatMap(({ name, metrics: found }) =>
      (['coverage80', 'coverage95'] as const).map((metric) => {
        const slice = of(found, metric);
        const value = 100 * measuredValue(slice);
        return benchmarkRow({ name: `generated, ${name}, ${metric} (n ${slice.n})`, value, unit: '%' });
      }),
    ),
    ...reconciliationRows(shard),
    benchmarkRow({
      name: `generated, training, backtest and evaluation of ${USERS} customers`,
      value: seconds,
      unit: 'CPU s',
      target: { atMost: 120 },
    }),
  ];
}
