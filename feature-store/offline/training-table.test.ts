import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { ExtractedTable } from '../../contracts/activities.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { BackendDataset } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { hashOfSchema, loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { buildBackendDataset } from './training-table.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-training-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

const users: Table = {
  rowCount: 3,
  columns: {
    id: { kind: 'text', values: ['u1', 'u2', 'u3'] },
    created_at: { kind: 'timestamp', values: Float64Array.of(10, 20, 30) },
  },
};
const snapshotOf = async (source: string, table: Table, zone: object = {}): Promise<string> => {
  const part = { ...(await putTable(blobs, table)), rows: table.rowCount };
  const extracted: ExtractedTable = {
    table: 'users',
    rows: table.rowCount,
    parts: [part],
    eventTime: null,
    queryHash: 'a'.repeat(64),
  };
  const manifest = {
    kind: 'snapshot',
    schemaVersion: 1,
    source,
    asOf: 100,
    parent: null,
    codeVersion: 'test',
    ...zone,
    tables: [extracted],
  };
  return (await putJsonBlob(blobs, manifest)).hash;
};

/** A view with the number of users created before `asOf`, and `asOf` itself. */
const view: FeatureView = {
  name: 'crowd',
  version: 1,
  entity: 'user',
  tables: ['users'],
  columns: { users: ['created_at'] },
  fields: [
    { name: 'earlierUsers', description: 'Users before.', unit: 'count' },
    { name: 'moment', description: 'The moment.', unit: 'count' },
  ],
  timeToLiveSeconds: 1,
  prepare: (tables) => (_entityId, asOf) =>
    Float64Array.of(
      (tables.users!.columns.created_at!.values as Float64Array).filter((time) => time < asOf).length,
      asOf,
    ),
};
const backend: BackendDataset = {
  schema: {
    line: 'default',
    columns: [
      { name: 'key', type: 'text', description: '' },
      { name: 'earlierUsers', type: 'number', description: '' },
      { name: 'label', type: 'flag', description: '' },
    ],
    key: 'key',
    label: 'label',
    features: [],
    split: { kind: 'group', column: 'key', fraction: 0.3, salt: 's' },
    minimumRows: 3,
  },
  tables: ['users'],
  columns: { users: ['id', 'created_at'] },
  views: [view],
  rows: ({ users: found }) => ({
    table: {
      rowCount: found!.rowCount,
      columns: {
        entity_id: found!.columns.id!,
        as_of: found!.columns.created_at!,
        key: found!.columns.id!,
        label: { kind: 'number', values: Float64Array.from({ length: found!.rowCount }, (_, i) => i % 2) },
      },
    },
    notes: ['a note'],
  }),
};
const build = async (source = 'generated', table = users, change: Partial<BackendDataset> = {}, zone: object = {}) =>
  buildBackendDataset({
    blobs,
    snapshotHash: await snapshotOf(source, table, zone),
    modelName: 'model',
    backend: { ...backend, ...change },
  });

describe('buildBackendDataset', () => {
  it('joins each row at its own as_of and keeps exactly the schema’s columns, in order', async () => {
    const prepared = await build();
    expect(prepared).toMatchObject({
      status: 'ready',
      dataset: { line: 'synthetic', rows: 3, notes: ['a note'], origin: { source: 'generated' } },
    });
    if (prepared.status !== 'ready') return;
    const { table, manifest } = await loadDataset(blobs, prepared.dataset.hash);
    expect(Object.keys(table.columns)).toEqual(['key', 'earlierUsers', 'label']);
    expect(table.columns.earlierUsers?.values).toEqual(Float64Array.of(0, 1, 2)); // strictly earlier
    expect(manifest.schemaHash).toBe(hashOfSchema({ ...backend.schema, line: 'synthetic' }));
    expect(await build()).toEqual(prepared);
  });

  it('uses the line of the source', async () => {
    expect(await build('berka')).toMatchObject({ status: 'ready', dataset: { line: 'berka' } });
  });

  it('passes the zone of the snapshot on to rows, data set and schema; an older one has none', async () => {
    const zones: unknown[] = [];
    const rows: BackendDataset['rows'] = (tables, snapshot) => {
      zones.push(snapshot.timeZone);
      return backend.rows(tables, snapshot);
    };
    const [zoned, older] = [await build('shop', users, { rows }, { timeZone: 'Asia/Kolkata' }), await build('shop', users, { rows })]; // prettier-ignore
    expect(zones).toEqual(['Asia/Kolkata', undefined]);
    if (zoned.status !== 'ready' || older.status !== 'ready') throw new Error('skipped');
    const refs = await Promise.all([zoned, older].map(({ dataset }) => loadDataset(blobs, dataset.hash)));
    expect(refs.map(({ manifest }) => manifest.ref.timeZone)).toEqual(['Asia/Kolkata', undefined]);
    expect(refs[0]!.manifest.schemaHash).not.toBe(refs[1]!.manifest.schemaHash);
  });

  it('returns skipped with the reason when tables or labelled rows are missing', async () => {
    const none = {
      rowCount: 0,
      columns: { id: { kind: 'text', values: [] }, created_at: { kind: 'timestamp', values: new Float64Array(0) } },
    } as const;
    expect(await build('berka', none)).toEqual({
      status: 'skipped',
      line: 'berka',
      reason: 'source berka has no rows in users',
    });
    expect(await build('berka', users, { tables: ['users', 'chat_messages'] })).toMatchObject({
      reason: 'source berka has no rows in chat_messages',
    });
    const schema = { ...backend.schema, minimumRows: 4 };
    expect(await build('generated', users, { schema })).toMatchObject({
      status: 'skipped',
      reason: '3 labelled rows, wanted at least 4; a note',
    });
  });

  it('rejects duplicate column names, a schema column that is not provided, and rows without as_of', async () => {
    await expect(build('generated', users, { views: [view, view] })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(build('generated', users, { views: [] })).rejects.toMatchObject({
      code: 'MISSING_COLUMN',
      details: { column: 'earlierUsers' },
    });
    const broken = {
      ...users,
      columns: { ...users.columns, created_at: { kind: 'timestamp', values: Float64Array.of(1, NaN, 2) } },
    } as const;
    await expect(build('generated', broken)).rejects.toMatchObject({ code: 'INVALID_VALUE', details: { row: 1 } });
  });

  it('rejects with DATASET_NOT_FOUND for an unknown snapshot hash', async () => {
    const missing = buildBackendDataset({ blobs, snapshotHash: 'f'.repeat(64), modelName: 'm', backend });
    await expect(missing).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await expect(loadDataset(blobs, 'f'.repeat(64))).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  });
});
