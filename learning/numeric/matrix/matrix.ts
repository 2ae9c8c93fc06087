import { countMismatch, rowOutside } from '../../checks.js';

/** Numbers in rows and columns: element (i, j) stands at `values[i * cols + j]`. NaN is missing where allowed. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float64Array;
}

/**
 * Wraps row-major values without copying.
 * @throws PipelineError `SHAPE_MISMATCH` when there are not rows × cols values.
 */
export function matrix(rows: number, cols: number, values: Float64Array): Matrix {
  if (rows * cols !== values.length) {
    throw countMismatch(`a ${rows} x ${cols} matrix`, values.length, rows * cols, { unit: 'values' });
  }
  return { rows, cols, values };
}

/**
 * Copies rows of equal length into a matrix. Zero rows give a 0 × 0 matrix.
 * @throws PipelineError `SHAPE_MISMATCH` for ragged rows.
 */
export function matrixFromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * cols);
  rows.forEach((row, i) => {
    if (row.length !== cols) {
      throw countMismatch(`row ${i}`, row.length, cols, { unit: 'values' });
    }
    values.set(row, i * cols);
  });
  return { rows: rows.length, cols, values };
}

/**
 * Copies columns of equal length into a matrix.
 * @throws PipelineError `SHAPE_MISMATCH` when the lengths differ.
 */
export function matrixFromColumns(columns: readonly ArrayLike<number>[]): Matrix {
  const rows = columns[0]?.length ?? 0;
  const cols = columns.length;
  const values = new Float64Array(rows * cols);
  columns.forEach((column, j) => {
    if (column.length !== rows) {
      throw countMismatch(`column ${j}`, column.length, rows);
    }
    for (let i = 0; i < rows; i++) values[i * cols + j] = column[i]!;
  });
  return { rows, cols, values };
}

/** Copies these rows, in this order. @throws PipelineError `SHAPE_MISMATCH` for an index outside the matrix. */
export function selectMatrixRows(x: Matrix, indices: ArrayLike<number>): Matrix {
  const values = new Float64Array(indices.length * x.cols);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= x.rows) {
      throw rowOutside(row, 'matrix', x.rows);
    }
    values.set(x.values.subarray(row * x.cols, (row + 1) * x.cols), i * x.cols);
  }
  return { rows: indices.length, cols: x.cols, values };
}
