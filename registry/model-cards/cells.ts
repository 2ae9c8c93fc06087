import { type Interval, type Metric, NOT_MEASURABLE } from '../../contracts/evaluation.js';
import { formatMeasure, formatNumber } from '../format-number.js';
import type { Cell, TableColumn } from './document.js';

/** An empty cell. */
export const NONE: Cell = { text: '–', tone: 'muted' };
export const plain = (text: string): Cell => ({ text });
export const code = (text: string): Cell => ({ text, code: true });
export const number = (value: number | undefined): Cell => (value === undefined ? NONE : plain(formatMeasure(value)));
/** A value of a metric; `digits` as for `formatMeasure`. */
export const measuredCell = ({ value }: Metric, digits = 4): Cell =>
  value === null ? { text: NOT_MEASURABLE, tone: 'muted' } : plain(formatMeasure(value, digits));
export const column = (title: string, numeric = true): TableColumn => ({ title, numeric });
/** `0.8082 to 0.8761`. */
export const range = ({ low, high }: Pick<Interval, 'low' | 'high'>, digits = 4): string =>
  `${formatMeasure(low, digits)} to ${formatMeasure(high, digits)}`;
export const percent = (share: number): string => `${formatNumber(share * 100)} %`;
