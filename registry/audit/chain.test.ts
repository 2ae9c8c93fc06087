import { expect, it } from 'vitest';
import { type ChainedRow, type ChainHead, ChainVerifier, hashOfRow } from './chain.js';

/** A sound chain. */
function chain(length: number): ChainedRow[] {
  const rows: ChainedRow[] = [];
  for (let i = 1; i <= length; i++) {
    const row = {
      ...{ id: String(i), microseconds: String(i * 1_000_001), actor: 'ada', action: 'version.moved' },
      ...{ subject: `s${i}`, details: '{"reason":"ä"}', previousHash: rows.at(-1)?.hash ?? '0'.repeat(64) },
    };
    rows.push({ ...row, hash: hashOfRow(row) });
  }
  return rows;
}

function verify(rows: readonly ChainedRow[], head?: ChainHead) {
  const verifier = new ChainVerifier(head);
  for (const row of rows) verifier.add(row);
  return verifier.report();
}
const rehashed = (row: ChainedRow): ChainedRow => ({ ...row, hash: hashOfRow(row) });
const headOf = (rows: readonly ChainedRow[], i: number): ChainHead => ({ id: i + 1, hash: rows[i]!.hash });

it('passes a sound chain and gives its newest entry', () => {
  const rows = chain(3);
  expect(verify(rows, headOf(rows, 1))).toEqual({ entries: 3, head: headOf(rows, 2), fault: null });
  expect(verify([])).toEqual({ entries: 0, head: null, fault: null });
});

it.each<[string, (rows: ChainedRow[]) => ChainedRow[], number, RegExp]>([
  ['a changed entry', (rows) => rows.with(1, { ...rows[1]!, actor: 'eve' }), 2, /was changed/],
  ['a changed and rehashed entry', (rows) => rows.with(1, rehashed({ ...rows[1]!, actor: 'eve' })), 3, /continue/],
  ['a changed time', (rows) => rows.with(0, { ...rows[0]!, microseconds: '1' }), 1, /was changed/],
  ['a removed entry', (rows) => rows.toSpliced(1, 1), 3, /entries between them are gone/],
  ['a removed first entry', (rows) => rows.slice(1), 2, /gone/],
  ['two exchanged entries', (rows) => [rows[1]!, rows[0]!, ...rows.slice(2)], 2, /gone/],
])('finds %s', (_, tamper, id, finding) => {
  const { fault } = verify(tamper(chain(4)));
  expect(fault).toEqual({ id, finding: expect.stringMatching(finding) as string });
});

it('finds by a noted entry that the end was cut or the whole chain was written anew', () => {
  const rows = chain(3);
  expect(verify(rows.slice(0, 2), headOf(rows, 2)).fault).toEqual({ id: 3, finding: expect.stringMatching(/is gone/) as string }); // prettier-ignore
  const other = chain(2).map((row) => rehashed({ ...row, actor: 'eve' }));
  const anew = [other[0]!, rehashed({ ...other[1]!, previousHash: other[0]!.hash })];
  expect(verify(anew).fault).toBeNull();
  expect(verify(anew, headOf(rows, 1)).fault).toEqual({ id: 2, finding: expect.stringMatching(/another hash/) as string }); // prettier-ignore
});

it('gives no two rows the same hash when text moves between fields', () => {
  const [row] = chain(1);
  const moved = { ...row!, actor: 'adaversion', action: '.moved' };
  expect(hashOfRow(moved)).not.toBe(row!.hash);
});
