import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { SchemaReaction, SourceColumns } from '../../contracts/schema-changes.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { emptyTable } from '../snapshots/read-snapshot.js';
import { putJsonBlob } from '../snapshots/json-blob.js';
import { putTable } from '../snapshots/put-table.js';
import { schemaChanges } from './schema-changes.js';
import { validateSnapshot } from './validate-snapshot.js';

const before: SourceColumns = [
  { name: 'id', type: 'text' },
  { name: 'city', type: 'text' },
  { name: 'age', type: 'integer' },
];
const after: SourceColumns = [
  { name: 'id', type: 'text' },
  { name: 'age', type: 'bigint' },
  { name: 'phone', type: 'text' },
];

describe('schemaChanges', () => {
  it('names each column that is new, gone or of another type, with what was found, wanted and a remedy', () => {
    const [added, dropped, retyped, ...rest] = schemaChanges('users', before, after);
    expect(rest).toEqual([]);
    expect(added).toMatchObject({ kind: 'added', table: 'backend.users', column: 'phone', found: 'new, text' });
    expect(dropped).toMatchObject({
      ...{ kind: 'dropped', column: 'city', found: 'missing', wanted: 'text, as in the snapshot before' },
      remedy: 'alter table backend.users add column city text;',
    });
    expect(retyped).toMatchObject({ kind: 'retyped', column: 'age', found: 'bigint' });
    expect(retyped?.remedy).toBe('alter table backend.users alter column age type integer;');
  });

  it('are none for the same columns in another order', () => {
    expect(schemaChanges('users', before, [...before].reverse())).toEqual([]);
  });
});

describe('a run with changed columns', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-schema-'));
  const blobs = openBlobStore(pathToFileURL(folder).href, folder);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function snapshot(parent: string | null, sourceColumns?: SourceColumns): Promise<string> {
    const part = { ...(await putTable(blobs, emptyTable('users'))), rows: 0 };
    const table = { table: 'users', rows: 0, parts: [part], eventTime: null, queryHash: 'a'.repeat(64) };
    const facts = { kind: 'snapshot', schemaVersion: 1, source: 'generated', asOf: 1, parent, codeVersion: '1' };
    return (await putJsonBlob(blobs, { ...facts, tables: [{ ...table, ...(sourceColumns && { sourceColumns }) }] }))
      .hash;
  }
  const validate = async (snapshotHash: string, reactions?: Partial<SchemaReaction>) => {
    const schemaReaction = { added: 'ignore', dropped: 'ignore', retyped: 'ignore', ...reactions } as const;
    const { passed, failedChecks } = await validateSnapshot({
      blobs,
      snapshotHash,
      maxRejectedShare: 0,
      schemaReaction,
    });
    return [passed, failedChecks.map(({ column, check, severity }) => [column, check, severity])];
  };

  it('ignores them, warns or is refused, as is set for each kind', async () => {
    const hash = await snapshot(await snapshot(null, before), after);
    expect(await validate(hash)).toEqual([true, []]);
    expect(await validate(hash, { added: 'warn' })).toEqual([true, [['phone', 'column-added', 'warn']]]);
    expect(await validate(hash, { dropped: 'fail', retyped: 'warn' })).toEqual([
      false,
      [
        ['city', 'column-dropped', undefined],
        ['age', 'column-retyped', 'warn'],
      ],
    ]);
  });

  it('says nothing where a snapshot has no record of the columns', async () => {
    const all = { added: 'fail', dropped: 'fail', retyped: 'fail' } as const;
    expect(await validate(await snapshot(await snapshot(null), after), all)).toEqual([true, []]);
    expect(await validate(await snapshot(await snapshot(null, before)), all)).toEqual([true, []]);
  });
});
