import type { FrozenHoldout, GroupShare, SplitRule } from '../../../contracts/dataset.js';
import { errorAt, type PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { requireAtLeast } from '../../checks.js';
import { hashFraction } from '../../numeric/hash/murmur.js';
import { selectRows, textColumn, timestampColumn } from '../../table.js';
import { DAY_MS } from '../../time-series/calendar/index.js';

/** A time rule with fewer groups has no frozen part: one draw could take most of the rows out of training. */
const FEWEST_GROUPS = 20;

/** A window takes at most this share of the time that the data span, so that the first weeks of a source can be learned. */
const LARGEST_SHARE = 0.5;

interface Span {
  readonly oldest: number;
  readonly newest: number;
}

function spanOf(times: Float64Array, isKnown: (row: number) => boolean): Span {
  let [oldest, newest] = [Infinity, -Infinity];
  times.forEach((time, row) => {
    if (Number.isNaN(time) || !isKnown(row)) return;
    oldest = Math.min(oldest, time);
    newest = Math.max(newest, time);
  });
  return { oldest, newest };
}

function knownIn(table: Table, name: string | undefined): (row: number) => boolean {
  const column = name === undefined ? undefined : table.columns[name];
  if (column === undefined) return () => true;
  return column.kind === 'text' ? (row) => column.values[row] !== null : (row) => !Number.isNaN(column.values[row]);
}

interface WindowRule {
  readonly column: string;
  readonly days: number;
  readonly known?: string | undefined;
}

/**
 * Start of the newest `days` of a time column, of the rows with a value in `known`; of all rows when none has one.
 * @throws PipelineError `TOO_FEW_ROWS` when no row has a time.
 */
function startOfNewest(table: Table, { column, days, known }: WindowRule): number {
  const times = timestampColumn(table, column);
  const ofKnown = spanOf(times, knownIn(table, known));
  const { oldest, newest } = ofKnown.newest === -Infinity ? spanOf(times, () => true) : ofKnown;
  if (newest === -Infinity) requireAtLeast(`rows with a time in "${column}"`, 0, 1);
  return newest - Math.min(days * DAY_MS, LARGEST_SHARE * (newest - oldest));
}

/** Groups are named by text or by number; both read as text. */
function groupNames(table: Table, name: string): readonly (string | null)[] {
  const column = table.columns[name];
  if (column?.kind !== 'number') return textColumn(table, name);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value)));
}

function missing(column: string, row: number): PipelineError {
  return errorAt('INVALID_VALUE', { row, column }, 'the cell decides on the holdout and is empty');
}

/** The name in each row. @throws PipelineError `INVALID_VALUE` for an empty cell. */
function requiredNames(table: Table, column: string): string[] {
  return groupNames(table, column).map((name, row) => {
    if (name === null) throw missing(column, row);
    return name;
  });
}

/** @throws PipelineError `INVALID_VALUE` for an empty cell. */
function requiredTimes(table: Table, column: string): Float64Array {
  const times = timestampColumn(table, column);
  const row = times.findIndex(Number.isNaN);
  if (row >= 0) throw missing(column, row);
  return times;
}

const isHeld = ({ salt, fraction }: GroupShare, group: string): boolean => hashFraction(salt, group) < fraction;

const hasEnoughGroups = (table: Table, { column }: GroupShare): boolean =>
  new Set(groupNames(table, column)).size >= FEWEST_GROUPS;

/**
 * Fixes a split rule for a new line. A group rule and a given division need no data; a time rule's cut lies `days`
 * before the newest row, or half the time that the data span. A time rule's groups are left out when the data have fewer than 20 of them.
 * @throws PipelineError `TOO_FEW_ROWS` when no row has a time; `MISSING_COLUMN`.
 */
export function freezeHoldout(rule: SplitRule, table: Table): FrozenHoldout {
  if (rule.kind === 'given') return { kind: 'given', column: rule.column, heldOut: [...rule.heldOut] };
  if (rule.kind === 'group') {
    const { column, fraction, salt, window } = rule;
    return { kind: 'group', column, fraction, salt, ...(window && { window: { ...window } }) };
  }
  const { column, days, groups } = rule;
  const frozen = groups !== undefined && hasEnoughGroups(table, groups) ? { groups: { ...groups } } : {};
  return { kind: 'time', column, cut: startOfNewest(table, { column, days }), days, ...frozen };
}

/** False when `completeHoldout` cannot add anything, whatever the data. */
export function mayBeCompleted(frozen: FrozenHoldout, rule: SplitRule): boolean {
  if (frozen.kind === 'group' && rule.kind === 'group') return frozen.window === undefined && rule.window !== undefined;
  if (frozen.kind !== 'time' || rule.kind !== 'time') return false;
  return frozen.days === undefined || (frozen.groups === undefined && rule.groups !== undefined);
}

/**
 * The holdout of a line that was frozen before it had two parts, or before its rule had groups, brought up to the rule:
 * groups and cut that were frozen stay frozen. The same object when nothing is to be added.
 * @throws PipelineError as `freezeHoldout`.
 */
export function completeHoldout(frozen: FrozenHoldout, rule: SplitRule, table: Table): FrozenHoldout {
  if (!mayBeCompleted(frozen, rule)) return frozen;
  if (frozen.kind === 'group' && rule.kind === 'group') return { ...frozen, window: { ...rule.window! } };
  if (frozen.kind !== 'time' || rule.kind !== 'time') return frozen;
  const fresh = freezeHoldout(rule, table);
  if (fresh.kind !== 'time') return frozen;
  if (frozen.days === undefined) return { ...fresh, column: frozen.column, cut: frozen.cut };
  return fresh.groups === undefined ? frozen : fresh;
}

/** Which part of a divided data set a row belongs to. `none`: rows of a frozen group outside its period. */
type Side = 'train' | 'frozen' | 'window' | 'none';

/** Time of the first row of each group. */
function firstTimes(groups: readonly string[], times: Float64Array): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  groups.forEach((group, row) => first.set(group, Math.min(first.get(group) ?? Infinity, times[row]!)));
  return first;
}

function sidesByGroup(
  holdout: Extract<FrozenHoldout, { kind: 'group' }>,
  table: Table,
  windowStart: number | null,
): Side[] {
  const groups = requiredNames(table, holdout.column);
  const { window } = holdout;
  if (window === undefined || windowStart === null)
    return groups.map((group) => (isHeld(holdout, group) ? 'frozen' : 'train'));
  const times = requiredTimes(table, window.column);
  const first = firstTimes(groups, times);
  return groups.map((group, row) => {
    if (isHeld(holdout, group)) return times[row]! >= windowStart ? 'window' : 'frozen';
    return first.get(group)! >= windowStart ? 'window' : 'train';
  });
}

function sidesByTime(
  { column, cut, days, groups }: Extract<FrozenHoldout, { kind: 'time' }>,
  table: Table,
  windowStart: number | null,
): Side[] {
  const times = requiredTimes(table, column);
  if (days === undefined || windowStart === null)
    return Array.from(times, (time) => (time >= cut ? 'frozen' : 'train'));
  const until = cut + days * DAY_MS;
  const names = groups === undefined ? null : requiredNames(table, groups.column);
  return Array.from(times, (time, row) => {
    if (names !== null && isHeld(groups!, names[row]!)) return time >= cut && time <= until ? 'frozen' : 'none';
    return time >= windowStart ? 'window' : 'train';
  });
}

function sidesOf(holdout: FrozenHoldout, table: Table, windowStart: number | null): Side[] {
  if (holdout.kind === 'time') return sidesByTime(holdout, table, windowStart);
  if (holdout.kind === 'group') return sidesByGroup(holdout, table, windowStart);
  const names = requiredNames(table, holdout.column);
  return names.map((name) => (holdout.heldOut.includes(name) ? 'frozen' : 'train'));
}

/** Start of the newest window in these data, milliseconds; null for a holdout without one, or without rows. */
export function windowStartOf(holdout: FrozenHoldout, table: Table): number | null {
  if (holdout.kind === 'given' || table.rowCount === 0) return null;
  if (holdout.kind === 'group') return holdout.window === undefined ? null : startOfNewest(table, holdout.window);
  const { column, days } = holdout;
  return days === undefined ? null : startOfNewest(table, { column, days });
}

/** A data set divided by a holdout; each part keeps the order of the table and may be empty. */
export interface DividedTable {
  readonly train: Table;
  /** Rows that no version of the line is trained on, ever. */
  readonly frozen: Table;
  /** The newest rows, which this version is not trained on. */
  readonly window: Table;
  /** Rows of `frozen`, then of `window`: what the gates are judged on. */
  readonly holdout: Table;
  /** Null for a holdout without a window. */
  readonly windowStart: number | null;
}

/**
 * Divides rows by a holdout into training rows and the two parts that judge. The frozen part of a row depends on the row
 * only; the window moves with the newest row.
 * @param windowStart - taken from the data unless given.
 * @throws PipelineError `MISSING_COLUMN`; `INVALID_VALUE` for a row without group or time.
 */
export function splitHoldout(
  holdout: FrozenHoldout,
  table: Table,
  windowStart: number | null = windowStartOf(holdout, table),
): DividedTable {
  const sides = sidesOf(holdout, table, windowStart);
  const rowsOn = (side: Side): number[] => [...sides.keys()].filter((row) => sides[row] === side);
  const [frozen, window] = [rowsOn('frozen'), rowsOn('window')];
  return {
    train: selectRows(table, rowsOn('train')),
    frozen: selectRows(table, frozen),
    window: selectRows(table, window),
    holdout: selectRows(table, [...frozen, ...window]),
    windowStart,
  };
}

/** True for the rows of a table that training under this holdout and this start of the window learned from. */
export const isTrainingRow = (holdout: FrozenHoldout, table: Table, windowStart: number | null): boolean[] =>
  sidesOf(holdout, table, windowStart).map((side) => side === 'train');
