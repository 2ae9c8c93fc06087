import { formatDuration } from './format.js';
import { createPaint, type Paint } from './paint.js';
import { cutText, padText, textWidth } from './text-width.js';
import { visible } from './visible.js';

/** A row of the table that a command shows while it waits. */
export interface LiveRow {
  readonly name: string;
  /** What it does, or how it ended. */
  readonly stage: string;
  readonly mood: 'waiting' | 'running' | 'good' | 'bad' | 'stuck';
  /** How far it is, 0 to 1; null when that has no meaning. */
  readonly fraction: number | null;
  /** Milliseconds to its end; null when unknown. */
  readonly remaining: number | null;
  /** The metric or the decision, once known. */
  readonly result: string;
  /** Shown below the row. */
  readonly note: string | null;
}

export interface LiveTable {
  /** Title of the first column. */
  readonly title: string;
  readonly rows: readonly LiveRow[];
}

const GAP = 2;
const INDENT = '    ';
/** Least widths of the columns that may be cut. */
const LEAST = { name: 10, stage: 8, result: 30 };
const titles = { stage: 'stage', progress: 'progress', remaining: 'ETA', result: 'result' };

type Cells = Record<'name' | 'stage' | 'progress' | 'remaining' | 'result', string>;
type Widths = Record<keyof Cells, number>;
const columns: readonly (keyof Cells)[] = ['name', 'stage', 'progress', 'remaining', 'result'];

/** A bar of ASCII characters, since other terminals' fonts make the block characters two columns wide. */
function progressCell(fraction: number | null, bar: number): string {
  if (fraction === null) return '';
  const share = Math.min(Math.max(fraction, 0), 1);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const filled = Math.round(share * bar);
  return bar === 0 ? percent : `[${'#'.repeat(filled)}${'.'.repeat(bar - filled)}] ${percent}`;
}

/** Whole seconds, from ten minutes on whole minutes: more would suggest that they are known. */
function remainingCell(milliseconds: number | null): string {
  if (milliseconds === null) return '';
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds >= 600 && seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : formatDuration(seconds * 1000);
}

const barOf = (width: number): number => (width >= 100 ? 20 : width >= 64 ? 10 : 0);

const cellsOf = (row: LiveRow, width: number): Cells => ({
  name: visible(row.name),
  stage: visible(row.stage),
  progress: progressCell(row.fraction, barOf(width)),
  remaining: remainingCell(row.remaining),
  result: visible(row.result),
});

const totalOf = (widths: Widths): number =>
  columns.reduce((sum, column) => sum + (widths[column] === 0 ? 0 : widths[column] + GAP), -GAP);

/** Widths of the columns; an empty one is left out, which is width 0. */
function naturalWidths(head: Cells, rows: readonly Cells[]): Widths {
  const widthOf = (column: keyof Cells): number => {
    const widest = Math.max(...rows.map((cells) => textWidth(cells[column])));
    return widest === 0 ? 0 : Math.max(widest, textWidth(head[column]));
  };
  return Object.fromEntries(columns.map((column) => [column, widthOf(column)])) as Widths;
}

/** Narrows one column as far as is needed and as its least width allows. */
function narrow(widths: Widths, column: keyof typeof LEAST, width: number): Widths {
  const surplus = Math.max(0, totalOf(widths) - width);
  return { ...widths, [column]: Math.max(widths[column] - surplus, Math.min(LEAST[column], widths[column])) };
}

/** Where a column of results would be too narrow it has width 0, and they stand below the rows. */
function fittingWidths(natural: Widths, width: number): Widths {
  const beside = narrow(narrow(natural, 'result', width), 'stage', width);
  if (totalOf(beside) <= width) return beside;
  const below = narrow(narrow({ ...natural, result: 0 }, 'stage', width), 'name', width);
  return totalOf(below) <= width ? below : { ...below, remaining: 0 };
}

type Tint = (text: string) => string;

const tintOf = (paint: Paint): Record<LiveRow['mood'], Tint> => ({
  waiting: paint.dim,
  running: (text) => text,
  good: paint.green,
  bad: paint.red,
  stuck: paint.yellow,
});

function renderCells(cells: Cells, widths: Widths, tint: Tint): string {
  const shown = columns.filter((column) => widths[column] > 0);
  const line = shown.map((column) => {
    const text = cutText(cells[column], widths[column]);
    return padText(column === 'stage' && text !== '' ? tint(text) : text, widths[column]);
  });
  return line.join(' '.repeat(GAP)).trimEnd();
}

/**
 * Lines of the table, none wider than `width`: results that have no room beside the rows stand below them, and what is
 * still too long is cut. Wide characters count as two columns.
 */
export function layOutLive({ title, rows }: LiveTable, width: number, paint: Paint = createPaint(false)): string[] {
  if (rows.length === 0) return [];
  const head: Cells = { name: title, ...titles, ...(barOf(width) === 0 ? { progress: '' } : {}) };
  const table = rows.map((row) => cellsOf(row, width));
  const widths = fittingWidths(naturalWidths(head, table), width);
  const tints = tintOf(paint);
  const below = (text: string): string[] => (text === '' ? [] : [cutText(`${INDENT}${visible(text)}`, width)]);
  const lines = rows.flatMap((row, i) => [
    renderCells(table[i]!, widths, tints[row.mood]),
    ...(widths.result === 0 ? below(row.result) : []),
    ...below(row.note ?? '').map(tints.stuck),
  ]);
  return [paint.dim(renderCells(head, widths, (text) => text)), ...lines];
}
