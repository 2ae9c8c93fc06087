import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';
import { contentHash, modelName } from '../contracts/ids.js';
import { findModel } from '../models/catalogue.js';
import { loadArtefact } from '../registry/artefacts.js';
import { defineJob, type JobStores } from '../platform/child-process/define-job.js';
import { signatureCodes } from '../registry/signing/verify-artefact.js';
import { stepsOf } from '../platform/child-process/report-step.js';
import { type Difference, differenceFromSample, readSample } from '../inference/sample.js';

/** Loads an artefact as serving would and predicts its stored sample. */
export const smokeTest = defineJob({
  input: z.strictObject({ modelName, artefactHash: contentHash }),
  output: z.strictObject({ passed: z.boolean(), finding: z.string() }),
  async run(input, { blobs, requireSigned, ...control }) {
    const onStep = stepsOf(control);
    await onStep('loading the artefact', 0, 2);
    const model = await findModel(input.modelName);
    const refused = await refusalOf(input.artefactHash, requireSigned);
    if (refused !== null) return { passed: false, finding: refused };
    const { files, manifest } = await loadArtefact(blobs, input.artefactHash);
    const { inputs, outputs } = readSample(files);
    const predictor = await model.predictor(files);
    try {
      await onStep('repeating stored predictions', 1, 2);
      const difference = await differenceFromSample(predictor, { inputs, outputs });
      const remark = definitionRemark(manifest.definitionVersion, model.definitionVersion);
      return { passed: difference === null, finding: findingOf(difference, outputs.length, remark) };
    } finally {
      await predictor.close();
    }
  },
});

/** Why the signature is refused, which fails the test; null when it holds. */
async function refusalOf(artefactHash: string, requireSigned: JobStores['requireSigned']): Promise<string | null> {
  try {
    await requireSigned?.(artefactHash);
    return null;
  } catch (fault) {
    if (fault instanceof PipelineError && signatureCodes.includes(fault.code)) return fault.message;
    throw fault;
  }
}

function findingOf(difference: Difference | null, count: number, remark: string): string {
  if (difference === null) return `${count} stored predictions reproduced`;
  const { path, found, wanted } = difference;
  return `${path} is ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}${remark}`;
}

/** What to do where the program has changed since the training, and not the artefact. */
const definitionRemark = (trained: number, present: number): string =>
  trained === present
    ? ''
    : `; trained by definition version ${trained}, this program has ${present}: train a new version`;
