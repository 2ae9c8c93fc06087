import type { Plot } from '../../../contracts/evaluation.js';
import { SCHEMA } from '../../../learning/evaluation/plots/drawing.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { coverage, customerErrors, oneAhead, type Scored, where } from './forecast-metrics.js';
import { TOTAL_TARGET, WEEK_TARGET } from './evaluation-targets.js';

const SIZE = { width: 420, height: 260 } as const;
const FAN_SAMPLES = 3;
/** Name of the layer with the smaller categories. */
const REST = 'everything else';
/** Number of layers of a stack; the last one has all smaller categories. */
const MOST_LAYERS = 8;

const LAYER_COLOURS = ['#4c78a8', '#f58518', '#54a24b', '#e45756', '#72b7b2', '#b279a2', '#eeca3b'];
const REST_COLOUR = '#c7c7c7';
/** Bars of fewer months are drawn pale. */
const FEW_MONTHS = 30;

const rounded = (value: number, digits = 0): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Customers at the quartiles of the error. */
function sampleCustomers(scored: Scored): string[] {
  const errors = [...customerErrors(oneAhead(scored, TOTAL_TARGET)).errors].sort((a, b) => a[1] - b[1]);
  const at = (share: number): string | undefined => errors[Math.floor(share * (errors.length - 1))]?.[0];
  return [...new Set([at(0.25), at(0.5), at(0.75)].filter((name) => name !== undefined))].slice(0, FAN_SAMPLES);
}

const monthAxis = { field: 'month', type: 'ordinal', title: 'month', axis: { labelAngle: -50 } } as const;
const amountAxis = (field: string): Record<string, unknown> => ({
  field,
  type: 'quantitative',
  title: 'spending in the month',
});

function fanPlot(scored: Scored, customer: string, index: number): Plot {
  const total = where(scored, (row) => scored.targets[row] === TOTAL_TARGET && scored.customers[row] === customer);
  const firstMonth = total.rows.map((row) => scored.months[row] ?? '').sort()[0];
  const rows = total.rows.filter((row) => scored.horizon[row]! > 1 || scored.months[row] === firstMonth);
  const values = rows.map((row) => ({
    month: scored.months[row],
    actual: rounded(scored.actual[row]!),
    forecast: rounded(scored.prediction[row]!),
    low80: rounded(scored.bands.low80[row]!),
    high80: rounded(scored.bands.high80[row]!),
    low95: rounded(scored.bands.low95[row]!),
    high95: rounded(scored.bands.high95[row]!),
  }));
  const area = (low: string, high: string, opacity: number) => ({
    mark: { type: 'area', opacity, color: '#4c78a8' },
    encoding: { x: monthAxis, y: amountAxis(low), y2: { field: high } },
  });
  const line = (field: string, mark: object) => ({ mark, encoding: { x: monthAxis, y: amountAxis(field) } });
  const layer = [
    area('low95', 'high95', 0.18),
    area('low80', 'high80', 0.32),
    line('forecast', { type: 'line', color: '#4c78a8' }),
    line('actual', { type: 'point', filled: true, color: '#e45756', size: 45 }),
  ];
  return {
    title: `Months ahead, sample ${index + 1}`,
    caption:
      'Forecast on one day (line) with its 80\u00a0% and 95\u00a0% bands (dark, light); red dots are what was spent.',
    spec: { $schema: SCHEMA, ...SIZE, data: { values }, layer },
  };
}

function componentsPlot(scored: Scored, customer: string): Plot {
  const own = where(
    scored,
    (row) => scored.customers[row] === customer && (scored.targets[row] ?? '').startsWith('category '),
  );
  const sums = new Map<string, number>();
  for (const row of own.rows) {
    const name = (scored.targets[row] ?? '').slice('category '.length);
    sums.set(name, (sums.get(name) ?? 0) + scored.prediction[row]!);
  }
  const bySize = [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const largest = bySize.slice(0, MOST_LAYERS - 1);
  const layers = new Map<string, { month: string; category: string; layer: number; amount: number }>();
  for (const row of own.rows) {
    const name = (scored.targets[row] ?? '').slice('category '.length);
    const [month, category] = [scored.months[row] ?? '', largest.includes(name) ? name : REST];
    const before = layers.get(`${month} ${category}`)?.amount ?? 0;
    const layer = category === REST ? largest.length : largest.indexOf(category);
    layers.set(`${month} ${category}`, { month, category, layer, amount: before + rounded(scored.prediction[row]!) });
  }
  const names = sums.size > largest.length ? [...largest, REST] : largest;
  const colours = names.map((name, k) => (name === REST ? REST_COLOUR : LAYER_COLOURS[k]));
  const encoding = {
    x: monthAxis,
    y: { ...amountAxis('amount'), title: 'forecast for the month', stack: 'zero' },
    color: {
      field: 'category',
      type: 'nominal',
      title: 'category',
      scale: { domain: names, range: colours },
      // Eight names in one row are wider than the drawing, which would be scaled down.
      legend: { columns: 4 },
    },
    // Largest category at the bottom, the rest on top.
    order: { field: 'layer', type: 'quantitative' },
  };
  return {
    title: 'Components',
    caption: 'What the forecasts of one customer consist of, each made on the first day of its month.',
    spec: { $schema: SCHEMA, ...SIZE, data: { values: [...layers.values()] }, mark: 'bar', encoding },
  };
}

/** Axis that both layers share; it begins at 0.5 or below the lowest share. */
const shareAxis = (lowest: number) => ({
  field: 'share',
  type: 'quantitative',
  title: 'outcomes within the band',
  axis: { format: '%' },
  scale: { domainMin: Math.min(0.5, Math.floor(lowest * 10) / 10), domainMax: 1, zero: false },
});

function coveragePlot(scored: Scored): Plot[] {
  const horizons = [...new Set(scored.rows.map((row) => scored.horizon[row]!))].sort((a, b) => a - b);
  const values = horizons.flatMap((horizon) => {
    const part = where(scored, (row) => scored.targets[row] === TOTAL_TARGET && scored.horizon[row] === horizon);
    const bands = ['80 %', '95 %'] as const;
    return coverage('coverage', part).flatMap(({ value, n }, i) =>
      value === null ? [] : [{ horizon, band: bands[i]!, share: rounded(value, 3), n }],
    );
  });
  if (values.length === 0) return [];
  const y = shareAxis(Math.min(...values.map(({ share }) => share)));
  const nominal = {
    data: { values: [{ share: 0.8 }, { share: 0.95 }] },
    mark: { type: 'rule', strokeDash: [4, 4], color: '#999' },
    encoding: { y },
  };
  const encoding = {
    x: { field: 'horizon', type: 'ordinal', title: 'months ahead', axis: { labelAngle: 0 } },
    y,
    color: { field: 'band', type: 'nominal', title: 'band' },
  };
  const layer = [nominal, { data: { values }, mark: { type: 'line', point: true }, encoding }];
  const caption = 'Share of monthly totals that fell into the bands; dashed lines are the nominal levels.';
  return [{ title: 'Coverage by horizon', caption, spec: { $schema: SCHEMA, ...SIZE, layer } }];
}

function historyPlot(scored: Scored): Plot[] {
  const total = oneAhead(scored, TOTAL_TARGET);
  const lengths = [
    { name: '0-2', from: 0, to: 3 },
    { name: '3-5', from: 3, to: 6 },
    { name: '6-11', from: 6, to: 12 },
    { name: '12-17', from: 12, to: 18 },
    { name: '18-23', from: 18, to: 24 },
    { name: '24-29', from: 24, to: 30 },
    { name: '30+', from: 30, to: Infinity },
  ];
  const values = lengths.flatMap(({ name, from, to }) => {
    const part = where(total, (row) => total.historyMonths[row]! >= from && total.historyMonths[row]! < to);
    const { errors, points } = customerErrors(part);
    if (points === 0) return [];
    return [{ history: name, mape: rounded(mean([...errors.values()]), 4), months: points }];
  });
  if (values.length === 0) return [];
  const encoding = {
    x: { field: 'history', type: 'ordinal', sort: null, title: 'months of history', axis: { labelAngle: 0 } },
    y: { field: 'mape', type: 'quantitative', title: 'MAPE of the monthly total', axis: { format: '%' } },
    opacity: { condition: { test: `datum.months < ${FEW_MONTHS}`, value: 0.35 }, value: 1 },
  };
  const label = {
    mark: { type: 'text', dy: -7, fontSize: 10 },
    encoding: { ...encoding, opacity: { value: 1 }, text: { field: 'months', type: 'quantitative' } },
  };
  const caption =
    'Mean error one month ahead by length of history; the numbers are those of months, pale bars have few.';
  const spec = { $schema: SCHEMA, ...SIZE, data: { values }, layer: [{ mark: 'bar', encoding }, label] };
  return [{ title: 'Error by length of history', caption, spec }];
}

/** Fan charts of sample customers, components, coverage by horizon and error by history as Vega-Lite. */
export function evaluationPlots(scored: Scored): Plot[] {
  const months = where(scored, (row) => scored.targets[row] !== WEEK_TARGET);
  const samples = sampleCustomers(months);
  return [
    ...samples.map((customer, index) => fanPlot(months, customer, index)),
    ...(samples[0] === undefined ? [] : [componentsPlot(months, samples[0])]),
    ...coveragePlot(months),
    ...historyPlot(months),
  ];
}
