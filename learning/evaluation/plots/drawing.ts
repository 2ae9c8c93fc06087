/** Size of a plot in pixels. */
export const SIZE = { width: 360, height: 300 } as const;
export const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/** Rounds to four decimals, enough for a plot. */
export const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** A quantitative axis. */
export const axis = (field: string, title: string): Record<string, unknown> => ({ field, title, type: 'quantitative' });

/** An axis of shares, in percent. */
export const percentAxis = (field: string, title: string): Record<string, unknown> => ({
  ...axis(field, title),
  axis: { format: '.0%' },
});

/** A dashed line from 0 to `end`. */
export const diagonal = (end: number) => ({
  data: {
    values: [
      { x: 0, y: 0 },
      { x: end, y: end },
    ],
  },
  mark: { type: 'line', strokeDash: [4, 4], color: '#999' },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
});
