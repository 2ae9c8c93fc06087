import { accuracyRows, type AccuracySet, ownForecast, type OwnForecast } from './forecasting/accuracy.js';
import { backendIntervalRows } from './forecasting/backend-intervals.js';
import { berkaRows } from './forecasting/berka.js';
import { generatedRows } from './forecasting/generated.js';
import { intervalRows, singleBandRows } from './forecasting/intervals.js';
import { peytonRows } from './forecasting/peyton.js';
import { hasForecastingData, loadM4, loadRetail } from './forecasting/public-series.js';
import { scaleRows } from './forecasting/scale.js';
import { cpuSince } from './support/cpu.js';
import type { BenchmarkContext, BenchmarkRow, BenchmarkSuite } from './report/suite.js';

type Section = (context: BenchmarkContext) => Promise<BenchmarkRow[]>;

function forecastSet(set: AccuracySet, { onProgress }: BenchmarkContext): OwnForecast[] {
  const before = process.cpuUsage();
  const own = set.series.map(ownForecast);
  onProgress(`${set.name}: ${set.series.length} series forecast in ${cpuSince(before).toFixed(1)} CPU s`);
  return own;
}

/** Weekly series serve three sections; they are forecast once. */
async function weekly(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const { dataFolder, wants } = context;
  const set = { name: 'M4 weekly', series: loadM4(dataFolder, 'Weekly'), lag: 1, season: 52 };
  const own = forecastSet(set, context);
  const accuracy = wants('m4-weekly') ? await accuracyRows(set, own, context, false) : [];
  const single = wants('single-bands') ? singleBandRows(set.name, own, [1, 4, 8, 13]) : [];
  return [...accuracy, ...single, ...(wants('intervals') ? intervalRows(own) : [])];
}

async function hourly(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const set = { name: 'M4 hourly', series: loadM4(context.dataFolder, 'Hourly'), lag: 24, season: 24 };
  const own = forecastSet(set, context);
  const single = context.wants('single-bands') ? singleBandRows(set.name, own, [6, 12, 24, 48]) : [];
  return context.wants('m4-hourly') ? [...(await accuracyRows(set, own, context, true)), ...single] : single;
}

async function retail(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const series = loadRetail(context.dataFolder, 12);
  const set = { name: 'Australian retail', series, lag: 12, season: 12 };
  return accuracyRows(set, forecastSet(set, context), context, true);
}

interface NamedSections {
  readonly names: readonly string[];
  readonly run: Section;
}

const publicSections: readonly NamedSections[] = [
  { names: ['m4-weekly', 'intervals', 'single-bands'], run: weekly },
  { names: ['m4-hourly', 'single-bands'], run: hourly },
  { names: ['retail'], run: retail },
  { names: ['peyton'], run: ({ dataFolder }) => peytonRows(dataFolder) },
];

/** Sections that bring their own data or look for them. */
const spendingSections: readonly NamedSections[] = [
  { names: ['berka'], run: berkaRows },
  { names: ['generated'], run: generatedRows },
  { names: ['backend-intervals', 'backend-intervals-second'], run: backendIntervalRows },
  { names: ['scale'], run: scaleRows },
];

async function run(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const hasPublic = hasForecastingData(context.dataFolder);
  if (!hasPublic) context.onProgress(`no forecasting data in ${context.dataFolder}: the public sets are left out`);
  const sections = [...(hasPublic ? publicSections : []), ...spendingSections];
  const rows: BenchmarkRow[] = [];
  for (const section of sections) {
    if (section.names.some(context.wants)) rows.push(...(await section.run(context)));
  }
  return rows;
}

/** Forecasting: accuracy, posterior, CPU and coverage beside Prophet, AutoETS and simple methods. */
export const benchmarks: BenchmarkSuite = {
  description:
    'Forecasting: M4 weekly and hourly, retail, Peyton Manning, interval coverage; peers AutoETS and Prophet',
  run,
};
