import { formatNumber } from '../format-number.js';
import type { Headline } from './document.js';
import { escapeHtml } from './html-text.js';

/** Widths in pixels: beside the value, and below it on a telephone, where the wide one would be too small to read. */
const WIDTHS = { wide: 640, narrow: 310 } as const;
const HEIGHT = 132;
const MARGIN = 28;
const MIDDLE = 62;
const AXIS = 116;

type Scale = (value: number) => number;

/** A headline that has a value to draw. */
type DrawnHeadline = Headline & { readonly value: number };

/** 1, 2 or 5 times a power of ten, giving four to eight ticks over the span. */
function niceStep(span: number): number {
  const power = 10 ** Math.floor(Math.log10(span));
  const ratio = span / power;
  return power * (ratio < 2 ? 0.25 : ratio < 5 ? 0.5 : 1);
}

interface Axis {
  readonly width: number;
  readonly scale: Scale;
  readonly ticks: readonly number[];
}

/** Range of the axis: all drawn values with a margin on both sides. */
function axisOf({ value, interval, marks }: DrawnHeadline, width: number): Axis {
  const shown = [
    value,
    ...marks.map((mark) => mark.value),
    ...(interval === null ? [] : [interval.low, interval.high]),
  ];
  const low = Math.min(...shown);
  const span = Math.max(...shown) - low || Math.abs(value) || 1;
  const [from, to] = [low - 0.08 * span, low + 1.08 * span];
  const step = niceStep(to - from) * (width < WIDTHS.wide ? 2 : 1);
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  // Multiples of the step, because repeated addition accumulates rounding errors.
  const ticks = Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  return { width, ticks, scale: (x) => MARGIN + ((x - from) / (to - from)) * (width - 2 * MARGIN) };
}

const at = (pixels: number): string => String(Math.round(pixels * 10) / 10);

/** A label beside a mark that does not leave the drawing. */
function anchored({ width }: Axis, { x, y }: { x: number; y: number }, text: string, style: string): string {
  const anchor = x < 90 ? 'start' : x > width - 90 ? 'end' : 'middle';
  const away = { start: 4, middle: 0, end: -4 }[anchor];
  return `<text x="${at(x + away)}" y="${y}" text-anchor="${anchor}" class="${style}">${escapeHtml(text)}</text>`;
}

const line = (x: number, from: number, to: number, style: string): string =>
  `<line x1="${at(x)}" x2="${at(x)}" y1="${from}" y2="${to}" class="${style}"/>`;

/** Target above the bar, baseline and champion below it in separate rows, so that labels do not overlap. */
function markOf(axis: Axis, { name, value }: Headline['marks'][number]): string {
  const x = axis.scale(value);
  const label = `${name} ${formatNumber(value)}`;
  if (name === 'target')
    return line(x, 22, MIDDLE + 16, 'target') + anchored(axis, { x, y: 15 }, label, 'target-label');
  const y = name === 'baseline' ? MIDDLE + 26 : MIDDLE + 42;
  return line(x, MIDDLE - 10, y - 9, 'other') + anchored(axis, { x, y }, label, 'other-label');
}

function intervalBar(scale: Scale, { low, high }: NonNullable<Headline['interval']>): string {
  const [from, to] = [scale(low), scale(high)];
  const size = `x="${at(from)}" y="${MIDDLE - 7}" width="${at(Math.max(to - from, 1))}" height="14" rx="7"`;
  return `<rect ${size} class="interval"/>`;
}

function chart(headline: DrawnHeadline, description: string, size: keyof typeof WIDTHS): string {
  const axis = axisOf(headline, WIDTHS[size]);
  const { scale, ticks } = axis;
  const parts = [
    ...ticks.map((tick) => line(scale(tick), 22, AXIS - 14, 'grid') + tickLabel(scale(tick), tick)),
    ...headline.marks.map((mark) => markOf(axis, mark)),
    ...(headline.interval === null ? [] : [intervalBar(scale, headline.interval)]),
    `<circle cx="${at(scale(headline.value))}" cy="${MIDDLE}" r="6" class="value"/>`,
  ];
  const label = `role="img" aria-label="${escapeHtml(description)}"`;
  return `<svg class="headline-chart ${size}" viewBox="0 0 ${WIDTHS[size]} ${HEIGHT}" ${label}>${parts.join('')}</svg>`;
}

/**
 * The primary metric on a line with its interval, the target, the baseline and the champion, as inline SVG: one drawing
 * for wide screens and paper, one for telephones.
 */
export const headlineCharts = (headline: DrawnHeadline, description: string): string =>
  chart(headline, description, 'wide') + chart(headline, description, 'narrow');

const tickLabel = (x: number, tick: number): string =>
  `<text x="${at(x)}" y="${AXIS + 8}" text-anchor="middle" class="tick">${escapeHtml(formatNumber(tick))}</text>`;
