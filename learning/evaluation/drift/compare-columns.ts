import { PipelineError } from '../../../contracts/errors.js';
import { countMismatch } from '../../checks.js';
import { type DriftOptions, type DriftOptionsInput, parseDriftOptions } from './options.js';
import { compareByEvidently } from './rules/evidently-rules.js';
import { decide } from './rules/decide.js';
import { compareByDefault, compareMissing } from './rules/default-rules.js';
import { type ColumnDraft, comparedSides, foundDraft, undecidedDraft, whyNotCompared } from './rules/draft.js';
import type { DriftColumn, DriftResult } from './types.js';
import { wordRows } from './values/categories.js';
import { type ColumnSummary, createSpace, summarize } from './values/summary.js';

const rowsOf = (column: DriftColumn): number =>
  column.kind === 'numeric' ? column.values.length : wordRows(column.values);

/** Rows of a set of columns. @throws PipelineError `SHAPE_MISMATCH`, `INVALID_INPUT` for a name that is given twice. */
export function columnRows(columns: readonly DriftColumn[]): number {
  const names = new Set<string>();
  for (const column of columns) {
    if (names.has(column.name)) throw new PipelineError('INVALID_INPUT', `column "${column.name}" is given twice`);
    names.add(column.name);
    const [found, wanted] = [rowsOf(column), rowsOf(columns[0]!)];
    if (found !== wanted)
      throw countMismatch(`column "${column.name}"`, found, wanted, { details: { column: column.name } });
  }
  return columns.length === 0 ? 0 : rowsOf(columns[0]!);
}

/** The columns of one side, each summarised when it is asked for. */
export interface ComparedSide {
  readonly names: readonly string[];
  readonly rows: number;
  /** Valid until the next call; undefined for an unknown name. */
  readonly summary: (name: string) => ColumnSummary | undefined;
}

/** The columns of one side by their rows, in memory of one column. */
export function sideOfColumns(columns: readonly DriftColumn[]): ComparedSide {
  const rows = columnRows(columns);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const space = createSpace();
  return {
    names: columns.map(({ name }) => name),
    rows,
    summary: (name) => {
      const column = byName.get(name);
      return column === undefined ? undefined : summarize(column, space);
    },
  };
}

/** The drafts of one column: its values and, in mode `default`, the share of its missing values. */
function compareColumn(
  name: string,
  sides: readonly [ComparedSide, ComparedSide],
  options: DriftOptions,
): ColumnDraft[] {
  const [reference, current] = [sides[0].summary(name), sides[1].summary(name)];
  const compared = comparedSides(name, reference, current);
  const reason = whyNotCompared(reference, current, options.minimumReference);
  const evidently = options.mode === 'evidently';
  const values = reason === null ? compareValues() : undecidedDraft(compared, reason);

  function compareValues(): ColumnDraft {
    if (!evidently) return foundDraft(compared, compareByDefault(reference!, current!, { column: name, options }));
    if (compared.kind === 'text') return undecidedDraft(compared, 'texts are compared in mode "default" only');
    return foundDraft(compared, compareByEvidently(reference!, current!));
  }

  const someMissing = compared.reference.missing + compared.current.missing > 0;
  if (evidently || !someMissing || reference === undefined || current === undefined) return [values];
  const finding = compareMissing(compared, { column: `${name} (missing)`, options });
  return [values, { ...foundDraft(compared, finding), column: `${name} (missing)`, kind: 'missing' }];
}

function whyUndecided(reference: number, current: number, least: number): string | null {
  if (reference < least) return `the reference has ${reference} rows, wanted at least ${least}`;
  return current === 0 ? 'the window has no rows' : null;
}

/** Compares two sides, column by column. */
export function compareSides(reference: ComparedSide, current: ComparedSide, options: DriftOptions): DriftResult {
  const undecided = whyUndecided(reference.rows, current.rows, options.minimumReference);
  const names = [...new Set([...reference.names, ...current.names])];
  const drafts = names.flatMap((name) => {
    if (undecided === null) return compareColumn(name, [reference, current], options);
    return [undecidedDraft(comparedSides(name, reference.summary(name), current.summary(name)), undecided)];
  });
  return decide(drafts, undecided, options);
}

/**
 * Compares the columns of a window with those of a reference. Deterministic; O(n) a column, memory of one column beside the
 * inputs.
 * @throws PipelineError `INVALID_HYPERPARAMETERS` for an option; `SHAPE_MISMATCH` for columns of unequal length;
 * `INVALID_INPUT` for a name that is given twice.
 */
export function compareColumns(
  reference: readonly DriftColumn[],
  current: readonly DriftColumn[],
  options: DriftOptionsInput = {},
): DriftResult {
  return compareSides(sideOfColumns(reference), sideOfColumns(current), parseDriftOptions(options));
}
