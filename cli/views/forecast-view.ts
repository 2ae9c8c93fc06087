import { periodLabels } from '../../datasets/sources/series/period-labels.js';
import { type NamedSeries, readSeriesFile, type SeriesFile } from '../../datasets/sources/series/read-series.js';
import { type Frequency, forecastSeries, type SeriesForecast } from '../../learning/time-series/forecasting/index.js';
import { writeDurably } from '../../platform/durable-file.js';
import { fileNotReadable } from '../../platform/file-not-readable.js';
import {
  countText,
  countValues,
  type ForecastedSeries,
  type ForecastRow,
  sharesText,
} from '../cards/forecasted-series.js';
import type { CliContext } from '../program/context.js';
import { readingOptions, type TypedReadingOptions } from '../program/reading-options.js';

export interface ForecastOptions extends TypedReadingOptions {
  readonly dataPath: string;
  readonly horizon: number;
  readonly frequency?: Frequency;
  /** Path of the page to write. */
  readonly html?: string;
}

/** Rows of a table that a terminal shows; more belong into a file. */
const MOST_ROWS = 500;

function rowsOf({ mean, bands }: SeriesForecast, ahead: readonly string[]): ForecastRow[] {
  return ahead.map((ds, i) => ({
    ds,
    forecast: mean[i]!,
    bands: (bands?.[i] ?? []).map(({ level, low, high }) => ({ level, low, high })),
  }));
}

function forecastOne(named: NamedSeries, horizon: number): ForecastedSeries {
  const { series, labels, name, remarks } = named;
  const found = forecastSeries(series, horizon);
  const length = series.values.length;
  return {
    name: name ?? 'series',
    frequency: series.frequency,
    history: periodLabels(series, labels, 0, length).map((ds, i) => ({ ds, y: series.values[i]! })),
    shares: found.choice.shares,
    backtest: { mae: found.choice.result.mae, origins: found.choice.result.forecasts.length },
    rows: rowsOf(found, periodLabels(series, labels, length, horizon)),
    remarks: [...remarks, ...(found.warning === null ? [] : [found.warning])],
  };
}

/** Yields to the terminal between series, so that Ctrl-C ends the command. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function forecastAll({ out }: CliContext, file: SeriesFile, horizon: number): Promise<ForecastedSeries[]> {
  const progress = out.progress();
  const all: ForecastedSeries[] = [];
  for (const series of file.series) {
    const share = Math.floor((10 * all.length) / file.series.length);
    if (file.series.length > 1) progress.update([`${10 * share} % of ${file.series.length} series`]);
    await pause();
    all.push(forecastOne(series, horizon));
  }
  progress.done();
  return all;
}

const digits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });
const number = (value: number): string => digits.format(value);

function printSeries({ out }: CliContext, series: ForecastedSeries): void {
  const { name, frequency, history, backtest } = series;
  const span = `${history[0]!.ds} to ${history.at(-1)!.ds}`;
  const error =
    backtest.origins === 0
      ? 'not compared'
      : `mean absolute error ${number(backtest.mae)} in ${countText(backtest.origins)}`;
  out.line(`${name}: by ${frequency}, ${span}, ${countValues(series)} values; ${sharesText(series)}; ${error}`);
  for (const remark of series.remarks) out.line(`  ${remark}`);
}

function printTable({ out }: CliContext, all: readonly ForecastedSeries[]): void {
  const levels = [...new Set(all.flatMap(({ rows }) => rows.flatMap(({ bands }) => bands.map(({ level }) => level))))];
  const titles = levels.sort().map((level) => `${100 * level} % band`);
  const rows = all.flatMap(({ name, rows: own }) =>
    own.map(({ ds, forecast: mean, bands }) => {
      const cells = levels.map((level) => bands.find((band) => band.level === level));
      return [
        name,
        ds,
        number(mean),
        ...cells.map((band) => (band ? `${number(band.low)} to ${number(band.high)}` : '-')),
      ];
    }),
  );
  out.table({
    head: ['series', 'ds', 'forecast', ...titles],
    rows: rows.slice(0, MOST_ROWS),
    right: ['forecast', ...titles],
  });
  if (rows.length > MOST_ROWS) out.notice(`${rows.length - MOST_ROWS} more rows: --json or --html has all`);
}

/** The document of `--json`. Bands are empty where a series cannot carry them. */
const documentOf = (series: ForecastedSeries) => ({
  unique_id: series.name,
  frequency: series.frequency,
  from: series.history[0]!.ds,
  to: series.history.at(-1)!.ds,
  values: countValues(series),
  forecasters: series.shares,
  backtest: series.backtest.origins === 0 ? null : series.backtest,
  forecasts: series.rows,
  remarks: series.remarks,
});

async function writePage(path: string, file: SeriesFile, all: readonly ForecastedSeries[]): Promise<void> {
  const { forecastPage } = await import('../cards/forecast-page.js');
  const html = await forecastPage(file.fileName, all, file.remarks);
  try {
    writeDurably(path, html);
  } catch (cause) {
    throw fileNotReadable(path, cause);
  }
}

/**
 * Reads the series of a file, forecasts each and prints the forecasts; with `html` also writes a page with charts.
 * Starts no service.
 * @throws PipelineError as `readSeriesFile`; `FILE_NOT_READABLE` when the page cannot be written.
 */
export async function forecast(cli: CliContext, options: ForecastOptions): Promise<void> {
  const { dataPath, horizon, frequency, html } = options;
  const file = await readSeriesFile(dataPath, { ...(await readingOptions(options)), frequency });
  for (const remark of file.remarks) cli.out.notice(remark);
  const all = await forecastAll(cli, file, horizon);
  if (html !== undefined) await writePage(html, file, all);
  const summary = { file: file.fileName, horizon, remarks: file.remarks, page: html ?? null };
  cli.out.result({ ...summary, series: all.map(documentOf) }, () => {
    for (const series of all) printSeries(cli, series);
    cli.out.line();
    printTable(cli, all);
  });
  if (html !== undefined) cli.out.notice(`charts: ${html}`);
}
