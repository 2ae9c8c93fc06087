import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetSchema } from '../../contracts/dataset.js';
import type { Column, Table } from '../../contracts/table.js';
import type { TrainModelResult } from '../../contracts/workflows.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { freezeHoldout } from '../../learning/evaluation/split/index.js';
import { numberColumn, selectRows, timestampColumn } from '../../learning/table.js';
import { fixtureCsv } from '../../models/anomaly-detector/fixtures/make-fixture.js';
import { model } from '../../models/anomaly-detector/index.js';
import { loadArtefact } from '../../registry/artefacts.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

const MODEL = model.name;
const LINE = 'transactions';
const DAY_MS = 86_400_000;
const PARAMS = { feedback: 'none', nEstimators: 60, updateShare: 0.9, updateWindowRows: 1500 };

let platform: TestPlatform;
let schema: DatasetSchema;
/** 75 days of 120 generated customers. */
let everything: Table;
let shiftedFrom: number;

async function invented(): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'update-run-'));
  const path = join(folder, 'transactions.csv');
  await writeFile(path, fixtureCsv(120, 7));
  const { format, table } = await readDataFile(path, model.fileFormats);
  schema = format.schema;
  await rm(folder, { recursive: true });
  return table;
}

/** Drift: from a given day on, night and day are swapped and amounts are four times as large. */
function shifted(table: Table): Table {
  const times = timestampColumn(table, 'bookedAt');
  const altered = (name: string, by: (value: number) => number): [string, Column] => {
    const values = numberColumn(table, name).map((value, row) => (times[row]! < shiftedFrom ? value : by(value)));
    return [name, { kind: 'number', values }];
  };
  const ratios = ['amount', 'amountToMean30Days', 'amountToCategoryMean90Days', 'amountToMaximum90Days'];
  const columns = [
    ...ratios.map((name) => altered(name, (value) => 4 * value)),
    altered('night', (night) => 1 - night),
  ];
  return { rowCount: table.rowCount, columns: { ...table.columns, ...Object.fromEntries(columns) } };
}

async function store(table: Table): Promise<string> {
  const origin = { kind: 'file', fileHash: '0'.repeat(64), fileName: 'transactions.csv', format: LINE } as const;
  const ref = { modelName: MODEL, line: LINE, origin, notes: [] };
  return (await storeDataset(platform.services.blobs, { table, schema, ref })).hash;
}

const train = (workflowId: string, input: object): Promise<TrainModelResult> =>
  platform.client.workflow.execute('trainModel', {
    workflowId: platform.id(workflowId),
    taskQueue: platform.queue,
    args: [{ modelName: MODEL, ...input }],
  }) as Promise<TrainModelResult>;

async function faultsOf(run: Promise<unknown>): Promise<unknown[]> {
  const failure: unknown = await run.catch((thrown: unknown) => thrown);
  const chain: unknown[] = [];
  for (let each = failure; each instanceof Error; each = each.cause) chain.push(each);
  return chain;
}

async function detectorOf(version: string): Promise<{ readonly updates: number }> {
  const { registry, blobs } = platform.services;
  const { artefactHash } = await registry.getVersion(MODEL, LINE, version);
  const { files } = await loadArtefact(blobs, artefactHash);
  return JSON.parse(new TextDecoder().decode(files['detector.json'])) as { updates: number };
}

describe.skipIf(!hasTemporal())('an update run', () => {
  beforeAll(async () => {
    platform = await createTestPlatform();
    everything = await invented();
    const times = timestampColumn(everything, 'bookedAt');
    shiftedFrom = times.reduce((a, b) => Math.min(a, b), Infinity) + 45 * DAY_MS;
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(() => platform.close());

  it('is refused when there is no champion to continue', async () => {
    const chain = await faultsOf(train('nothing-to-update', { datasetHash: await store(everything), update: true }));
    expect(chain).toContainEqual(expect.objectContaining({ type: 'VERSION_NOT_FOUND', nonRetryable: true }));
  });

  it('continues the champion after drift and registers a patch version in dev that passes the gate', async () => {
    const times = timestampColumn(everything, 'bookedAt');
    const early = selectRows(
      everything,
      [...times.keys()].filter((row) => times[row]! < shiftedFrom),
    );
    const first = await train('first', { datasetHash: await store(early), params: PARAMS });
    expect(first).toMatchObject({ decision: 'registered', version: '1.0.0' });

    const { registry } = platform.services;
    const later = shifted(everything);
    await registry.refreezeLine(MODEL, LINE, freezeHoldout(schema.split, later), 'test');
    const update = await train('second', { datasetHash: await store(later), update: true });
    expect(update.reasons.join('\n')).toContain('only the data changed');
    expect(update).toMatchObject({ decision: 'registered', version: '1.0.1', championVersion: '1.0.0' });
    const against = update.comparisons.find((comparison) => comparison.against === 'champion');
    expect(against?.interval.low).toBeGreaterThan(0);

    expect([(await detectorOf('1.0.0')).updates, (await detectorOf('1.0.1')).updates]).toEqual([0, 1]);
    const versions = await registry.listVersions({ modelName: MODEL, line: LINE });
    expect(versions.map(({ version, stage }) => [version, stage])).toEqual([
      ['1.0.1', 'dev'],
      ['1.0.0', 'dev'],
    ]);
    expect(versions[0]?.params).toEqual(versions[1]?.params);
  });

  it.each([
    [{ params: { nEstimators: 70 } }, 'INVALID_HYPERPARAMETERS'],
    [{ modelName: 'credit-risk-scorer', params: {} }, 'INVALID_INPUT'],
  ])('with %j is refused', async (input, code) => {
    const datasetHash = await store(everything);
    const chain = await faultsOf(train(`refused-${code}`, { datasetHash, update: true, ...input }));
    expect(chain).toContainEqual(expect.objectContaining({ type: code, nonRetryable: true }));
  });
});
