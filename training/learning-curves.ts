import { z } from 'zod';
import { type LearningCurve, learningCurve, type LossPoint } from '../contracts/learning-curve.js';
import type { MetricStep } from '../contracts/run-book.js';
import { putJsonBlob, readJsonBlob } from '../datasets/snapshots/json-blob.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';

/** Points that a curve keeps; more cannot be told apart in a drawing. */
const MOST_POINTS = 200;

const curvesDocument = z.strictObject({
  kind: z.literal('learning-curves'),
  schemaVersion: z.literal(1),
  curves: z.array(learningCurve),
});

/** Collects the losses of a training. */
export interface CurveRecorder {
  onLoss(point: LossPoint): void;
  /** One curve a stage; where a stage was fitted several times, the last. */
  curves(): LearningCurve[];
}

/** @param now - milliseconds since the epoch. @default Date.now */
export function createCurveRecorder(now: () => number = Date.now): CurveRecorder {
  const stages = new Map<string, LearningCurve['points']>();
  return {
    onLoss({ stage, step, loss }) {
      const point = { step, loss, at: now() };
      const points = stages.get(stage) ?? [];
      const again = points.length > 0 && step <= points.at(-1)!.step;
      stages.set(stage, again ? [point] : [...points, point]);
    },
    curves: () => [...stages].map(([stage, points]) => ({ stage, points: thinned(points) })),
  };
}

/** Evenly spread points, with the first and the last. */
function thinned<Point>(points: readonly Point[]): Point[] {
  if (points.length <= MOST_POINTS) return [...points];
  const last = points.length - 1;
  return Array.from({ length: MOST_POINTS }, (_, i) => points[Math.round((i * last) / (MOST_POINTS - 1))]!);
}

/** @returns hash and size of the blob; null when nothing was recorded. */
export const storeCurves = async (blobs: BlobStore, curves: readonly LearningCurve[]) =>
  curves.length === 0
    ? null
    : putJsonBlob(blobs, { kind: 'learning-curves', schemaVersion: 1, curves: curves.map(asJson) });

const asJson = ({ stage, points }: LearningCurve) => ({
  stage,
  points: points.map(({ loss, ...point }) => ({ ...point, loss: Number.isFinite(loss) ? loss : String(loss) })),
});

/** The losses of the stages as metrics by step, each under the name of its stage. */
export const metricSteps = (curves: readonly LearningCurve[]): MetricStep[] =>
  curves.flatMap(({ stage, points }) =>
    points.map(({ step, loss, at }) => ({
      name: stage,
      step,
      value: loss,
      at: at === undefined ? null : new Date(at),
    })),
  );

/** @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`. */
export const loadCurves = async (blobs: BlobStore, hash: string): Promise<LearningCurve[]> =>
  (await readJsonBlob(blobs, hash, { schema: curvesDocument, what: 'learning curves' })).curves;
