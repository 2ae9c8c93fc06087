import { z } from 'zod';
import { datasetRef } from '../../contracts/dataset.js';
import { sourceFault } from '../../contracts/drift.js';
import { findMonitored } from '../../models/catalogue.js';
import { defineJob } from '../../platform/child-process/define-job.js';
import { stepsOf } from '../../platform/child-process/report-step.js';
import { compareNewRows as compare } from './new-rows.js';

/** Compares the rows that came since the champion's snapshot with the champion's, before a training. */
export const compareNewRows = defineJob({
  input: z.strictObject({ dataset: datasetRef, former: datasetRef, mostRows: z.int().positive() }),
  output: z.strictObject({ notes: z.array(z.string()), faults: z.array(sourceFault) }),
  async run({ dataset, former, mostRows }, context) {
    const onStep = stepsOf(context);
    await onStep('reading the rows', 0, 2);
    const { blobs } = context;
    const model = await findMonitored(dataset.modelName);
    await onStep('comparing the new rows', 1, 2);
    return compare({ blobs, model, mostRows }, { dataset, former });
  },
});
