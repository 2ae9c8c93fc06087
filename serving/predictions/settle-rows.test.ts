import { expect, it, vi } from 'vitest';
import { settleRows } from './settle-rows.js';

const ask = vi.fn((rows: readonly number[]) =>
  rows.includes(0) ? Promise.reject(new Error('zero')) : Promise.resolve(rows.map((row) => 1 / row)),
);

it('asks about all rows at once', async () => {
  expect(await settleRows([1, 2], ask)).toEqual([1, 0.5].map((value) => ({ status: 'fulfilled', value })));
  expect(ask).toHaveBeenCalledTimes(1);
});

it('asks about each row alone where they are refused together', async () => {
  expect(await settleRows([1, 0, 2], ask)).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: new Error('zero') },
    { status: 'fulfilled', value: 0.5 },
  ]);
  expect(await settleRows([0], ask)).toMatchObject([{ status: 'rejected' }]);
});
