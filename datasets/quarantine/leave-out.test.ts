import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendTable } from '../../contracts/backend.js';
import type { DataQuality } from '../../contracts/dataset.js';
import { textColumn } from '../../learning/table.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { generatedTables } from '../../tests/support/generated-tables.js';
import { parseGeneratorOptions } from '../sources/backend/generator/index.js';
import type { Column, Table } from '../../contracts/table.js';
import { putJsonBlob } from '../snapshots/json-blob.js';
import { readParquet } from '../snapshots/parquet-file.js';
import { putTable } from '../snapshots/put-table.js';
import { selectRows } from '../../learning/table.js';
import { loadSnapshot, loadSnapshotTables } from '../snapshots/snapshot-store.js';
import { validateSnapshot } from '../validation/validate-snapshot.js';
import { loadDecisions, NO_DECISIONS, type QuarantineDecisions, storeDecisions } from './decisions.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-quarantine-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

const { tables, asOf } = generatedTables(parseGeneratorOptions({ users: 8, months: 6, seed: 5 }));
const idsOf = (table: Table | undefined): (string | null)[] => [...textColumn(table!, 'id')];

/** The table with another value in one row of a column. */
function changed(table: Table, name: string, row: number, value: string | number): Table {
  const column = table.columns[name]!;
  const values = [...column.values] as (string | number | null)[];
  values[row] = value;
  const copy = column.kind === 'text' ? values : Float64Array.from(values as number[]);
  return { ...table, columns: { ...table.columns, [name]: { ...column, values: copy } as Column } };
}

/** Stores a snapshot of two parts a table. */
async function store(with_: Partial<Record<BackendTable, Table>>): Promise<string> {
  const stored = [];
  for (const [table, rows] of Object.entries({ ...tables, ...with_ })) {
    const middle = rows.rowCount >> 1;
    const all = Array.from({ length: rows.rowCount }, (_, row) => row);
    const parts = [];
    for (const some of [all.slice(0, middle), all.slice(middle)])
      parts.push({ ...(await putTable(blobs, selectRows(rows, some))), rows: some.length });
    const eventTime = { from: 0, to: asOf };
    stored.push({ table, rows: rows.rowCount, parts, eventTime, queryHash: 'a'.repeat(64), slices: 'b'.repeat(64) });
  }
  const facts = { source: 'generated', asOf, parent: null, codeVersion: 'test' };
  return (await putJsonBlob(blobs, { kind: 'snapshot', schemaVersion: 1, ...facts, tables: stored })).hash;
}

const validate = (snapshotHash: string, decisions: QuarantineDecisions = NO_DECISIONS): Promise<DataQuality> =>
  validateSnapshot({ blobs, snapshotHash, maxRejectedShare: 0.3, decisions });

const transactions = tables.transactions!;
/** The second transaction has an unknown category, the last but one the key of the one before it. */
const twoBad = changed(
  changed(transactions, 'category', 1, 'smuggling'),
  'id',
  transactions.rowCount - 2,
  idsOf(transactions)[transactions.rowCount - 3]!,
);
let bad: string;
beforeAll(async () => void (bad = await store({ transactions: twoBad })));

describe('rows with faults', () => {
  it('are left out of an accepted snapshot, which shares the parts without faults', async () => {
    const quality = await validate(bad);
    expect(quality).toMatchObject({ passed: true, rejectedRows: 2, accepted: { quarantinedRows: 2 } });
    const { hash, rows } = quality.accepted!;
    expect(rows).toMatchObject({ transactions: transactions.rowCount - 2, users: 8 });
    const kept = await loadSnapshotTables(blobs, hash, { tables: ['transactions', 'users'] });
    const wanted = idsOf(twoBad).filter((_, row) => row !== 1 && row !== transactions.rowCount - 2);
    expect(idsOf(kept.transactions)).toEqual(wanted);
    expect(kept.transactions!.columns.amount!.values[1]).toBe(twoBad.columns.amount!.values[2]);
    const [before, after] = [await loadSnapshot(blobs, bad), await loadSnapshot(blobs, hash)];
    const partsOf = (manifest: typeof before, name: string) => manifest.tables.find(({ table }) => table === name)!;
    expect(partsOf(after, 'loans')).toEqual(partsOf(before, 'loans'));
    expect(partsOf(after, 'transactions').slices).toBeUndefined();
    expect(after.quarantine).toMatchObject({ from: bad, tables: [{ table: 'transactions', rows: 2 }] });
    expect((await validate(hash)).rejectedRows).toBe(0);
  });

  it('are stored with key, rule and reason, and no value in the list', async () => {
    const { quarantine } = await loadSnapshot(blobs, (await validate(bad)).accepted!.hash);
    const faults = await readParquet([await blobs.localPath(quarantine!.faults)]);
    const read = (name: string) => textColumn(faults, name);
    const listed = faults.rowCount === 0 ? [] : read('rule').map((rule, row) => [rule, read('key')[row]]);
    expect(listed).toContainEqual(['category', idsOf(twoBad)[1]]);
    expect(listed).toContainEqual(['unique', idsOf(twoBad)[transactions.rowCount - 2]]);
    expect(JSON.stringify(faults.columns)).not.toContain('smuggling');
    const rows = await readParquet([await blobs.localPath(quarantine!.tables[0]!.hash)]);
    expect(textColumn(rows, 'category')).toContain('smuggling');
  });

  it('give the same snapshot every time', async () => {
    expect((await validate(bad)).accepted).toEqual((await validate(bad)).accepted);
  });

  it('take what needs them along, in columns that must name a row', async () => {
    const users = changed(tables.users!, 'gender', 0, 'unknown');
    const quality = await validate(await store({ users }));
    const gone = idsOf(users)[0]!;
    const kept = await loadSnapshotTables(blobs, quality.accepted!.hash, { tables: ['users', 'transactions', 'loan_payments'] }); // prettier-ignore
    expect(idsOf(kept.users)).not.toContain(gone);
    const owned = textColumn(transactions, 'user_id').filter((id) => id === gone).length;
    expect(owned).toBeGreaterThan(0);
    expect(kept.transactions!.rowCount).toBe(transactions.rowCount - owned);
    expect(textColumn(kept.loan_payments!, 'user_id')).not.toContain(gone);
    expect(quality.rejectedRows).toBe(1);
  });

  it('are none in sound data', async () => {
    expect((await validate(await store({}))).accepted).toBeUndefined();
  });

  it('are counted only without decisions, and of data that are refused', async () => {
    const counted = await validateSnapshot({ blobs, snapshotHash: bad, maxRejectedShare: 0.3 });
    expect(counted).toMatchObject({ passed: true, rejectedRows: 2 });
    expect(counted.accepted).toBeUndefined();
    const refused = await validateSnapshot({ blobs, snapshotHash: bad, maxRejectedShare: 0, decisions: NO_DECISIONS });
    expect(refused.passed).toBe(false);
    expect(refused.accepted).toBeUndefined();
  });
});

describe('decisions', () => {
  const table = 'transactions';
  const released = { table, key: idsOf(twoBad)[1]!, rule: 'category', column: 'category' } as const;

  it('keep a released row, for the rule that it was released from', async () => {
    const kept = async (decisions: QuarantineDecisions) => {
      const { accepted } = await validate(bad, decisions);
      const { transactions: rows } = await loadSnapshotTables(blobs, accepted!.hash, { tables: [table] });
      return idsOf(rows).includes(released.key);
    };
    expect(await kept({ ...NO_DECISIONS, released: [released] })).toBe(true);
    expect(await kept({ ...NO_DECISIONS, released: [{ ...released, rule: 'range' }] })).toBe(false);
  });

  it('leave a dropped row out though it has no fault', async () => {
    const key = idsOf(transactions)[4]!;
    const { accepted } = await validate(await store({}), { ...NO_DECISIONS, dropped: [{ table, key }] });
    expect(accepted!.quarantinedRows).toBe(1);
    const { transactions: rows } = await loadSnapshotTables(blobs, accepted!.hash, { tables: [table] });
    expect(idsOf(rows)).toEqual(idsOf(transactions).filter((id) => id !== key));
  });

  it('are stored under their hash; none under no hash', async () => {
    const decisions = { ...NO_DECISIONS, released: [released] };
    expect(await loadDecisions(blobs, await storeDecisions(blobs, decisions))).toEqual(decisions);
    expect(await storeDecisions(blobs, NO_DECISIONS)).toBeNull();
    expect(await loadDecisions(blobs, null)).toEqual(NO_DECISIONS);
  });
});
