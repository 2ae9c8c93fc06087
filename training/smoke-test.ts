import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import { contentHash, modelName } from '../contracts/ids.js';
import type { ArtefactFiles } from '../contracts/model-definition.js';
import { findModel } from '../models/catalogue.js';
import { loadArtefact } from '../registry/artefacts.js';
import { defineJob } from '../platform/child-process/define-job.js';

/** What training wrote through its own predictor at its end. */
const SAMPLE_FILE = 'sample.json';
const TOLERANCE = 1e-5;
const sample = z.object({ inputs: z.array(z.unknown()).min(1), outputs: z.array(z.unknown()).min(1) });

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

function readSample(files: ArtefactFiles): z.infer<typeof sample> {
  const bytes = files[SAMPLE_FILE];
  if (bytes === undefined) throw new PipelineError('ARTEFACT_INVALID', `the artefact has no ${SAMPLE_FILE}`);
  try {
    return sample.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', `${SAMPLE_FILE} holds no inputs with outputs`, {}, { cause });
  }
}

/** Loads an artefact as serving would and predicts its stored sample. */
export const smokeTest = defineJob({
  input: z.strictObject({ modelName, artefactHash: contentHash }),
  output: z.strictObject({ passed: z.boolean(), finding: z.string() }),
  async run(input, { blobs }) {
    const model = await findModel(input.modelName);
    const { files } = await loadArtefact(blobs, input.artefactHash);
    const { inputs, outputs } = readSample(files);
    const predictor = await model.predictor(files);
    try {
      const found = await predictor.predict(inputs.map((each) => predictor.input.parse(each)));
      const difference = firstDifference(throughJson(found), outputs);
      return { passed: difference === null, finding: difference ?? `${outputs.length} stored predictions reproduced` };
    } finally {
      await predictor.close();
    }
  },
});

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
