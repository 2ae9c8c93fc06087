import { expect, it } from 'vitest';
import { matrix, matrixFromColumns, matrixFromRows, selectMatrixRows } from './index.js';

const x = matrixFromRows([
  [1, 2],
  [3, 4],
  [5, 6],
]);

it('is row-major, from rows as from columns', () => {
  expect(x).toEqual(matrix(3, 2, Float64Array.of(1, 2, 3, 4, 5, 6)));
  expect(
    matrixFromColumns([
      [1, 3, 5],
      [2, 4, 6],
    ]),
  ).toEqual(x);
});

it('copies rows in any order', () => {
  expect([...selectMatrixRows(x, [2, 0, 2]).values]).toEqual([5, 6, 1, 2, 5, 6]);
});

it.each([
  () => matrix(2, 2, new Float64Array(3)),
  () => matrixFromRows([[1], [1, 2]]),
  () => matrixFromColumns([[1], [1, 2]]),
  () => selectMatrixRows(x, [3]),
])('refuses shapes that do not agree %#', (make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
});
