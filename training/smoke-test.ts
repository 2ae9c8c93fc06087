import { z } from 'zod';
import { contentHash, modelName } from '../contracts/ids.js';
import type { Predictor } from '../contracts/model-definition.js';
import { findModel } from '../models/catalogue.js';
import { loadArtefact } from '../registry/artefacts.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';
import { readSample, type Sample } from './sample.js';

const TOLERANCE = 1e-5;

/** The first place where two JSON values differ by more than the tolerance, or null. Numbers are compared absolutely. */
export function firstDifference(found: unknown, wanted: unknown, path = 'output'): string | null {
  if (typeof wanted === 'number' && typeof found === 'number')
    return Math.abs(found - wanted) <= TOLERANCE ? null : `${path} is ${found}, wanted ${wanted}`;
  if (wanted !== null && found !== null && typeof wanted === 'object' && typeof found === 'object') {
    const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
    for (const name of names) {
      const difference = firstDifference(member(found, name), member(wanted, name), `${path}.${name}`);
      if (difference !== null) return difference;
    }
    return null;
  }
  return Object.is(found, wanted) ? null : `${path} is ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
}

const member = (value: object, name: string): unknown => (value as Record<string, unknown>)[name];

/** The first difference between what a predictor answers and the sample stored at its training, or null. */
export async function differenceFromSample(predictor: Predictor, { inputs, outputs }: Sample): Promise<string | null> {
  const found = await predictor.predict(inputs.map((each) => predictor.input.parse(each)));
  return firstDifference(throughJson(found), outputs);
}

/** Loads an artefact as serving would and predicts its stored sample. */
export const smokeTest = defineJob({
  input: z.strictObject({ modelName, artefactHash: contentHash }),
  output: z.strictObject({ passed: z.boolean(), finding: z.string() }),
  async run(input, { blobs, ...control }) {
    const onStep = stepsOf(control);
    await onStep('loading the artefact', 0, 2);
    const model = await findModel(input.modelName);
    const { files } = await loadArtefact(blobs, input.artefactHash);
    const { inputs, outputs } = readSample(files);
    const predictor = await model.predictor(files);
    try {
      await onStep('repeating stored predictions', 1, 2);
      const difference = await differenceFromSample(predictor, { inputs, outputs });
      return { passed: difference === null, finding: difference ?? `${outputs.length} stored predictions reproduced` };
    } finally {
      await predictor.close();
    }
  },
});

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
