import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FILE_LINE, MODEL, storeCreditDataset } from '../tests/support/credit-dataset.js';
import type { FrozenHoldout } from '../contracts/dataset.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { freezeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';
import { selectRows, textColumn } from '../learning/table.js';
import { findModel } from '../models/catalogue.js';
import { openBlobStore } from '../platform/blobs/open.js';
import { schemaOf } from './dataset-schema.js';
import { renewHoldout, withNextSalt } from './renew-holdout.js';
import { storeTrainingRows } from './training-rows.js';

describe('a renewed holdout', () => {
  const group = (salt: string) => ({ kind: 'group' as const, column: 'user', fraction: 0.3, salt });

  it('draws other groups each time', () => {
    expect(withNextSalt(group('s'), group('s'))).toEqual(group('s#2'));
    expect(withNextSalt(group('s'), group('s#2'))).toEqual(group('s#3'));
  });

  it('takes the new cut of a time rule', () => {
    const cut = { kind: 'time' as const, column: 'at', cut: 5 };
    expect(withNextSalt(cut, { ...cut, cut: 1 })).toEqual(cut);
  });

  it('draws other frozen groups of a time rule, too', () => {
    const time = (salt: string) => ({ kind: 'time' as const, column: 'at', cut: 5, days: 2, groups: shareOf(salt) });
    const shareOf = (salt: string) => ({ column: 'user', fraction: 0.15, salt });
    expect(withNextSalt(time('s'), time('s#2'))).toEqual(time('s#3'));
    expect(withNextSalt(time('s'), { kind: 'time', column: 'at', cut: 1 })).toEqual(time('s'));
  });
});

describe('renewHoldout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-renew-'));
  const blobs = openBlobStore(pathToFileURL(folder).href, folder);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A line whose champion was trained on the older half of the newest data, outside the first holdout. */
  async function lineOf(recorded: boolean) {
    const dataset = await storeCreditDataset(blobs);
    const schema = await schemaOf(blobs, await findModel(MODEL), dataset);
    const { table } = await loadDataset(blobs, dataset.hash);
    const older = selectRows(table, [...Array(Math.floor(table.rowCount / 2)).keys()]);
    const holdout = freezeHoldout(schema.split, older);
    const { train } = splitHoldout(holdout, older);
    const trainingRowsHash = recorded ? await storeTrainingRows(blobs, { schema, table: train }, { holdout }) : null;
    const hash = '0'.repeat(64);
    const metrics = [{ name: 'aucRoc', value: 0.8, direction: 'higher', n: 10 }];
    const { hash: evaluationHash } = await putJsonBlob(blobs, {
      ...{ kind: 'evaluation', schemaVersion: 1, dataset, holdout, windowStart: null, trainingRowsHash },
      ...{ artefactHash: hash, signatureHash: hash, trainedRows: train.rowCount, holdoutRows: 10, scoredHash: hash },
      ...{ evaluation: { metrics, slices: [], plots: [], notes: [] }, baselineName: 'none' },
      ...{ comparisons: [], gates: [], championVersion: null },
    });
    const champion = { dataset, evaluationHash } as VersionRecord;
    const registry = {
      listVersions: () => Promise.resolve([champion]),
      findChampion: () => Promise.resolve(champion),
      findLine: () => Promise.resolve({ holdout }),
      refreezeLine: (modelName: string, line: string, renewed: FrozenHoldout) =>
        Promise.resolve({ modelName, line, holdout: renewed }),
    } as unknown as ModelRegistry;
    return { registry, schema, table, train };
  }

  it('counts the rows of the renewed holdout that the champion was trained on, not those that its rule would allow', async () => {
    const { registry, schema, table, train } = await lineOf(true);
    const renewed = await renewHoldout({ registry, blobs }, { modelName: MODEL, line: FILE_LINE, actor: 'ada' });
    const trained = new Set(textColumn(train, schema.key));
    const { holdout } = splitHoldout(renewed.line.holdout, table);
    const learned = textColumn(holdout, schema.key).filter((key) => trained.has(key)).length;
    expect(renewed).toMatchObject({ rows: holdout.rowCount, learned });
    expect(learned).toBeGreaterThan(0);
    expect(learned).toBeLessThan(holdout.rowCount / 2);
  });

  it('counts by the rule where an older evaluation has no record of the rows', async () => {
    const { registry } = await lineOf(false);
    const { rows, learned } = await renewHoldout(
      { registry, blobs },
      { modelName: MODEL, line: FILE_LINE, actor: 'ada' },
    );
    expect(learned).toBeGreaterThan(rows / 2);
  });
});
