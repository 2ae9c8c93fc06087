import { describe, expect, it } from 'vitest';
import { createMemoryBlobStore } from '../tests/support/memory-step-log.js';
import { createCurveRecorder, loadCurves, metricSteps, storeCurves } from './learning-curves.js';

describe('learning curves', () => {
  it('keep the last fit of each stage with times, also losses that are not finite', () => {
    let time = 0;
    const recorder = createCurveRecorder(() => ++time);
    for (const step of [1, 2]) recorder.onLoss({ stage: 'boosting', step, loss: 9 });
    for (const step of [1, 2, 3]) recorder.onLoss({ stage: 'boosting', step, loss: 1 / step });
    recorder.onLoss({ stage: 'boosting', step: 4, loss: Number.NaN });
    recorder.onLoss({ stage: 'training', step: 1, loss: 0.5 });
    expect(recorder.curves()).toEqual([
      {
        stage: 'boosting',
        points: [
          { step: 1, loss: 1, at: 3 },
          { step: 2, loss: 0.5, at: 4 },
          { step: 3, loss: 1 / 3, at: 5 },
          { step: 4, loss: Number.NaN, at: 6 },
        ],
      },
      { stage: 'training', points: [{ step: 1, loss: 0.5, at: 7 }] },
    ]);
    expect(metricSteps(recorder.curves()).at(-1)).toEqual({ name: 'training', step: 1, value: 0.5, at: new Date(7) });
  });

  it('are thinned evenly, with the first and the last point', () => {
    const recorder = createCurveRecorder();
    for (let step = 1; step <= 5000; step++) recorder.onLoss({ stage: 'training', step, loss: step });
    const { points } = recorder.curves()[0]!;
    expect(points).toHaveLength(200);
    expect([points[0]!.step, points.at(-1)!.step]).toEqual([1, 5000]);
  });

  it('are stored as a blob, when there are any', async () => {
    const blobs = createMemoryBlobStore();
    expect(await storeCurves(blobs, [])).toBeNull();
    const losses = [0.25, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const curves = [{ stage: 'training', points: losses.map((loss, i) => ({ step: i + 1, loss })) }];
    const stored = await storeCurves(blobs, curves);
    expect(await loadCurves(blobs, stored!.hash)).toEqual(curves);
    const other = await blobs.put(new TextEncoder().encode('{"kind":"snapshot"}'));
    await expect(loadCurves(blobs, other.hash)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  });
});
