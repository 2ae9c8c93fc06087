import { expect, it, vi } from 'vitest';
import { gatherReads } from './gather-reads.js';

const stored = (keys: readonly string[]) =>
  Promise.resolve(keys.map((key) => (key === 'none' ? null : Buffer.from(key))));

it('reads what one turn asks for together, and gives each its own', async () => {
  const read = vi.fn(stored);
  const get = gatherReads(read, 100);
  const [one, two] = await Promise.all([get(['a', 'none']), get(['b'])]);
  expect([one, two]).toEqual([[Buffer.from('a'), null], [Buffer.from('b')]]);
  expect(read.mock.calls).toEqual([[['a', 'none', 'b']]]);
  await get(['c']);
  expect(read).toHaveBeenCalledTimes(2);
});

it('asks in several calls for more keys than one call may have', async () => {
  const read = vi.fn(stored);
  const get = gatherReads(read, 2);
  await Promise.all([['a'], ['b'], ['c', 'd', 'e'], ['f']].map(get));
  expect(read.mock.calls.map(([keys]) => keys)).toEqual([['a', 'b'], ['c', 'd', 'e'], ['f']]);
});

it('tells all of a call that it failed', async () => {
  const get = gatherReads(() => Promise.reject(new Error('away')), 10);
  const found = await Promise.allSettled([get(['a']), get(['b'])]);
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
