import type { FrozenHoldout, SplitRule } from '../../../contracts/dataset.js';
import { errorAt, type PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { requireAtLeast } from '../../checks.js';
import { hashFraction } from '../../numeric/hash/murmur.js';
import { selectRows, textColumn, timestampColumn } from '../../table.js';

const DAY_MS = 86_400_000;

function newest(times: Float64Array): number {
  let latest = -Infinity;
  for (const time of times) if (time > latest) latest = time;
  return latest;
}

/**
 * Fixes a split rule for a new line. A group rule and a given division need no data; a time rule's cut lies `days` before the newest row,
 * so that the holdout is the last `days` of the present data.
 * @throws PipelineError `TOO_FEW_ROWS` when no row has a time; `MISSING_COLUMN`.
 */
export function freezeHoldout(rule: SplitRule, table: Table): FrozenHoldout {
  if (rule.kind === 'given') return { kind: 'given', column: rule.column, heldOut: [...rule.heldOut] };
  if (rule.kind === 'group') {
    return { kind: 'group', column: rule.column, fraction: rule.fraction, salt: rule.salt };
  }
  const latest = newest(timestampColumn(table, rule.column));
  if (latest === -Infinity) requireAtLeast(`rows with a time in "${rule.column}"`, 0, 1);
  return { kind: 'time', column: rule.column, cut: latest - rule.days * DAY_MS };
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

function judgeNames(table: Table, column: string, isHeld: (name: string) => boolean): Uint8Array {
  return Uint8Array.from(groupNames(table, column), (name, row) => {
    if (name === null) throw missing(column, row);
    return isHeld(name) ? 1 : 0;
  });
}

/** 1 for each row that the frozen holdout keeps from training. */
function holdoutMask(holdout: FrozenHoldout, table: Table): Uint8Array {
  if (holdout.kind === 'time') {
    const times = timestampColumn(table, holdout.column);
    return Uint8Array.from(times, (time, row) => {
      if (Number.isNaN(time)) throw missing(holdout.column, row);
      return time >= holdout.cut ? 1 : 0;
    });
  }
  if (holdout.kind === 'given') return judgeNames(table, holdout.column, (name) => holdout.heldOut.includes(name));
  return judgeNames(table, holdout.column, (group) => hashFraction(holdout.salt, group) < holdout.fraction);
}

/**
 * Divides rows by a frozen holdout. The side of a row depends on the row only: appending rows does not move earlier ones.
 * Both parts keep the order of the table; either may be empty.
 * @throws PipelineError `MISSING_COLUMN`; `INVALID_VALUE` for a row without group or time.
 */
export function splitHoldout(holdout: FrozenHoldout, table: Table): { train: Table; holdout: Table } {
  const mask = holdoutMask(holdout, table);
  const rowsWhere = (held: number): number[] => [...mask.keys()].filter((row) => mask[row] === held);
  return { train: selectRows(table, rowsWhere(0)), holdout: selectRows(table, rowsWhere(1)) };
}
