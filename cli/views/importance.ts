import type { Importance } from '../../registry/importance.js';
import { formatDecimals } from '../output/format.js';
import type { HumanTable } from '../output/table.js';

/** Rows that are shown, the largest changes first. */
const MOST_ROWS = 15;

const percent = (share: number): string => `${formatDecimals(Math.round(share * 1000) / 10)} %`;

/** Importance in two versions side by side, the largest change first; null when one of them keeps none. */
export function importanceTable(
  [first, second]: readonly [string, string],
  [a, b]: readonly [Importance | null, Importance | null],
): HumanTable | null {
  if (a === null || b === null) return null;
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const rows = names
    .map((name) => ({ name, before: a[name], after: b[name], change: (b[name] ?? 0) - (a[name] ?? 0) }))
    .filter(({ before = 0, after = 0 }) => before > 0 || after > 0)
    .sort((x, y) => Math.abs(y.change) - Math.abs(x.change) || (x.name < y.name ? -1 : 1))
    .slice(0, MOST_ROWS);
  const cell = (share: number | undefined): string => (share === undefined ? '–' : percent(share));
  return {
    head: ['importance', first, second, 'change'],
    rows: rows.map(({ name, before, after, change }) => [
      name,
      cell(before),
      cell(after),
      `${change > 0 ? '+' : ''}${percent(change)}`,
    ]),
  };
}
