import type { Plot } from '../../contracts/evaluation.js';
import { SCHEMA } from '../../learning/evaluation/plots/drawing.js';
import { formatMeasure } from '../../registry/format-number.js';
import { escapeHtml } from '../../registry/model-cards/html-text.js';
import { pageHtml } from '../../registry/model-cards/page.js';
import { plotSvg } from '../../registry/model-cards/plot-svg.js';
import { countText, type ForecastedSeries, type ForecastRow, sharesText } from './forecasted-series.js';

const SIZE = { width: 860, height: 280 } as const;
const COLOUR = '#4c7fd9';
/** The chart shows this many horizons of the history, and at least so many values. */
const HORIZONS_SHOWN = 4;
const FEWEST_SHOWN = 60;

/** Periods are drawn in UTC, as they are written. */
const time = { field: 'ds', type: 'temporal', title: null, scale: { type: 'utc' } } as const;
const amount = (field: string): object => ({ field, type: 'quantitative', title: 'y', scale: { zero: false } });

/** Six digits are finer than a chart shows. */
const drawn = (value: number): number => Number(value.toPrecision(6));

/** A period as the drawing reads it; a moment without a zone would be on the clock of this machine. */
const moment = (ds: string): string => (ds.includes('T') ? `${ds}Z` : ds);

interface Point {
  readonly ds: string;
  readonly y: number;
}

/** A band that opens from the last value. */
const bandLayer = (last: Point, rows: readonly ForecastRow[], at: number) => ({
  data: {
    values: [
      { ds: last.ds, low: last.y, high: last.y },
      ...rows.map(({ ds, bands }) => ({ ds: moment(ds), low: drawn(bands[at]!.low), high: drawn(bands[at]!.high) })),
    ],
  },
  mark: { type: 'area', opacity: at === 0 ? 0.32 : 0.18, color: COLOUR },
  encoding: { x: time, y: amount('low'), y2: { field: 'high' } },
});

/** History, forecast and, where there are some, the bands around it: the widest first, so that the narrow one lies on it. */
function fanChart({ name, history, rows }: ForecastedSeries): Plot {
  const shown = history.slice(-Math.max(FEWEST_SHOWN, HORIZONS_SHOWN * rows.length));
  const known = shown.filter(({ y }) => !Number.isNaN(y)).map(({ ds, y }): Point => ({ ds: moment(ds), y: drawn(y) }));
  const last = known.at(-1)!;
  const ahead = [last, ...rows.map(({ ds, forecast }) => ({ ds: moment(ds), y: drawn(forecast) }))];
  const line = (values: readonly object[], mark: object): object => ({
    data: { values },
    mark: { type: 'line', ...mark },
    encoding: { x: time, y: amount('y') },
  });
  const levels = rows[0]!.bands.map(({ level }) => `${100 * level} %`);
  const bands = levels.length === 0 ? 'No bands.' : `Bands: ${levels.join(' (dark) and ')} (light).`;
  return {
    title: name,
    caption: `Last ${shown.length} of ${history.length} values and the forecast (dashed). ${bands}`,
    spec: {
      $schema: SCHEMA,
      ...SIZE,
      layer: [
        ...levels.map((_, at) => bandLayer(last, rows, at)).reverse(),
        line(known, { color: 'currentColor', strokeWidth: 1.4 }),
        line(ahead, { color: COLOUR, strokeDash: [5, 3] }),
      ],
    },
  };
}

const numeric = (text: string): string => `<td data-numeric>${escapeHtml(text)}</td>`;

function tableHtml(rows: readonly ForecastRow[]): string {
  const levels = rows[0]!.bands.map(({ level }) => `<th scope="col" data-numeric>${100 * level} % band</th>`);
  const body = rows.map(({ ds, forecast, bands }) => {
    const cells = bands.map(({ low, high }) => numeric(`${formatMeasure(low)} to ${formatMeasure(high)}`));
    return `<tr><th scope="row">${escapeHtml(ds)}</th>${numeric(formatMeasure(forecast))}${cells.join('')}</tr>`;
  });
  const head = `<tr><th scope="col">ds</th><th scope="col" data-numeric>forecast</th>${levels.join('')}</tr>`;
  return `<div class="scroll"><table><thead>${head}</thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

const listHtml = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;

async function seriesHtml(series: ForecastedSeries, index: number): Promise<string> {
  const { name, frequency, history, backtest, rows, remarks } = series;
  const plot = fanChart(series);
  const svg = await plotSvg(plot, escapeHtml(`${plot.title}. ${plot.caption}`), `series-${index + 1}`);
  const facts = [
    `By ${frequency}, ${history[0]!.ds} to ${history.at(-1)!.ds}`,
    `Forecast by ${sharesText(series)}`,
    ...(backtest.origins === 0
      ? []
      : [`Mean absolute error ${formatMeasure(backtest.mae)} in ${countText(backtest.origins)}`]),
  ];
  return [
    `<section id="series-${index + 1}">`,
    `<h2>${escapeHtml(name)}</h2>`,
    listHtml([...facts, ...remarks]),
    `<figure>${svg}<figcaption>${escapeHtml(plot.caption)}</figcaption></figure>`,
    tableHtml(rows),
    '</section>',
  ].join('\n');
}

/**
 * The forecasts of a file as one self-contained HTML page in the style of the cards: a fan chart and a table for each
 * series, no script, no external resource.
 * @param remarks - on the file as a whole.
 */
export async function forecastPage(
  fileName: string,
  all: readonly ForecastedSeries[],
  remarks: readonly string[],
): Promise<string> {
  const sections: string[] = [];
  for (const [index, series] of all.entries()) sections.push(await seriesHtml(series, index));
  const links = all.map(({ name }, index) => `<a href="#series-${index + 1}">${escapeHtml(name)}</a>`).join('');
  const counted = `${all.length} series, ${all[0]!.rows.length} steps ahead`;
  const header = `<header>\n<p class="small">${escapeHtml(fileName)} · ${counted}</p>\n<h1>Forecasts</h1>\n${listHtml(remarks)}</header>`;
  const nav = all.length > 1 ? [`<nav aria-label="Series">${links}</nav>`] : [];
  return pageHtml(`Forecasts · ${fileName}`, [header, ...nav, ...sections].join('\n'));
}
