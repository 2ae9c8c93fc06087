import { z } from 'zod';
import { featurePart, featureSetRef } from '../../contracts/activities.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import { contentHash } from '../../contracts/ids.js';
import { materializeBucketInput, type ViewBase, viewBase } from '../../contracts/materialisation.js';
import { defineJob } from '../../platform/child-process/define-job.js';
import { stepsOf } from '../../platform/child-process/report-step.js';

/** @throws PipelineError `VIEW_NOT_FOUND`. */
async function withDefinitions(bases: readonly ViewBase[]): Promise<{ view: FeatureView; base: string | null }[]> {
  const { findView } = await import('../../feature-store/definitions/index.js');
  return bases.map(({ base, ...named }) => ({ view: findView(referenceOf(named)), base }));
}

/** The features of the entities of one bucket whose rows changed, for each moment. */
export const buildChangedFeatures = defineJob({
  input: materializeBucketInput,
  output: z.array(featurePart),
  async run({ bucket, views, ...input }, { blobs, ...control }) {
    const { buildChangedParts } = await import('../../feature-store/offline/changed-parts.js');
    const build = { ...input, ...control, blobs, onStep: stepsOf(control) };
    return buildChangedParts({ ...build, views: await withDefinitions(views) }, bucket);
  },
});

/** One feature set of the parts of all buckets. */
export const mergeChangedFeatures = defineJob({
  input: z.strictObject({
    snapshotHash: contentHash,
    views: z.array(viewBase),
    moment: z.number().nullable(),
    continues: z.record(z.string(), contentHash),
    parts: z.array(featurePart),
  }),
  output: featureSetRef.extend({ asOf: z.number() }),
  async run({ views, parts, ...input }, { blobs, ...control }) {
    const { mergeChangedParts } = await import('../../feature-store/offline/changed-parts.js');
    const onStep = stepsOf(control);
    return mergeChangedParts({ ...input, views: await withDefinitions(views), blobs, onStep }, parts);
  },
});
