import { expect, it, vi } from 'vitest';
import { featuresOf, prepareRows } from './bucket-steps.js';

const calls: string[] = [];
/** Activities that work on buckets 2 and −1, of which later ones end first. */
const activities = {
  buildFeatures: ({ made }: { made?: { bucket: number }[] }) => {
    calls.push(made === undefined ? 'ask' : `put together ${made.map(({ bucket }) => bucket).join(' ')}`);
    return Promise.resolve(made === undefined ? { status: 'bucketed', buckets: [-1, 2] } : { hash: 'f', views: [] });
  },
  buildFeaturePart: async ({ bucket }: { bucket: number }) => {
    if (bucket < 0) await Promise.resolve();
    calls.push(`bucket ${bucket}`);
    return { bucket, views: [] };
  },
  prepareDataset: ({ made, modelName }: { made?: { grouped: string[] }; modelName: string }) => {
    if (modelName === 'small') return Promise.resolve({ status: 'ready', dataset: { rows: 3 } });
    if (made === undefined) return Promise.resolve({ status: 'bucketed', buckets: [0, 1], groupings: 2 });
    return Promise.resolve({ status: 'ready', dataset: { rows: made.grouped.length } });
  },
  prepareDatasetPart: ({ bucket }: { bucket: number }) => Promise.resolve({ bucket, sections: [], counts: {} }),
  groupDatasetRows: ({ index, parts }: { index: number; parts: unknown[] }) =>
    Promise.resolve({ hash: `${index} of ${parts.length} parts` }),
};
vi.mock('./steps.js', () => ({ dataStep: () => activities }));

const remarks: string[] = [];
const remark = (text: string): void => void remarks.push(text);
const rows = { runKey: 'run', params: {}, cache: true, snapshotHash: 's', datasetHash: null };

it('builds the features of each bucket by a step of its own, and puts them together', async () => {
  const request = { runKey: 'run', snapshotHash: 's', cache: true };
  expect(await featuresOf(request, 1000, remark)).toEqual({ hash: 'f', views: [] });
  expect(calls[0]).toBe('ask');
  expect(calls.slice(1, 3).sort()).toEqual(['bucket -1', 'bucket 2']);
  expect(calls[3]).toBe('put together -1 2');
  expect(remarks).toEqual(['1 of 2 buckets', '2 of 2 buckets']);
});

it('computes columns over groups once the rows of all buckets are made', async () => {
  const prepared = await prepareRows({ ...rows, modelName: 'large' }, 1000, remark);
  expect(prepared).toEqual({ status: 'ready', dataset: { rows: 2 } });
});

it('makes only the buckets that are asked for, and hands on the parts of the others', async () => {
  calls.length = 0;
  const known = { bucket: 7, views: [] };
  const ask = vi.spyOn(activities, 'buildFeatures');
  ask.mockResolvedValueOnce({ status: 'bucketed', buckets: [2], known: [known] } as never);
  await featuresOf({ runKey: 'run', snapshotHash: 's', cache: true }, 1000, remark);
  expect(calls).toEqual(['bucket 2', 'put together 7 2']);
  ask.mockRestore();
  const prepare = vi.spyOn(activities, 'prepareDataset');
  const part = { bucket: 7, sections: [], counts: {} };
  prepare.mockResolvedValueOnce({ status: 'bucketed', buckets: [0], known: [part], groupings: 1 } as never);
  await prepareRows({ ...rows, modelName: 'large' }, 1000, remark);
  const parts = [part, { ...part, bucket: 0 }];
  expect(prepare.mock.lastCall?.[0].made).toEqual({ parts, grouped: ['0 of 2 parts'] });
});

it('asks once for the rows of a snapshot of one bucket', async () => {
  expect(await prepareRows({ ...rows, modelName: 'small' }, 1000, remark)).toMatchObject({ dataset: { rows: 3 } });
});
