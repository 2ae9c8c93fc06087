import { z } from 'zod';
import { datasetRef, frozenHoldout } from '../contracts/dataset.js';
import { contentHash } from '../contracts/ids.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { isResultStored } from '../training/stored-results.js';
import type { StepDeps } from './dependencies.js';
import { contentOfInput } from './restate-result.js';

/** What the scores of an artefact follow from beside its code. */
const scoring = z.object({ artefactHash: contentHash, dataset: datasetRef, holdout: frozenHoldout, seed: z.int() });
const evaluated = z.object({ evaluationHash: contentHash });

/** A model's artefact and the rows that it is to score. */
export type WantedScores = z.output<typeof scoring> & { readonly modelName: string };

/**
 * The newest evaluation of an artefact, when it scored the same rows by the same code and all of it is stored. Champion,
 * reason and the run do not change scores, so that another comparison needs no other scores.
 * @returns its hash, or null without one.
 */
export async function findScores(deps: StepDeps, { modelName, ...wanted }: WantedScores): Promise<string | null> {
  const { artefactHash } = wanted;
  const found = await deps.steps.findByInput('evaluateModel', { modelName, artefactHash });
  if (found === null || found.code !== deps.codeOf('evaluateModel', modelName)) return null;
  const [before, output] = [scoring.safeParse(found.input), evaluated.safeParse(found.output)];
  if (!before.success || !output.success) return null;
  const [theirs, ours] = await Promise.all(
    [before.data, scoring.parse(wanted)].map((one) => contentOfInput(deps.blobs, one)),
  );
  const isSame = hashOfJson(theirs) === hashOfJson(ours);
  return isSame && (await isResultStored(deps.blobs, found)) ? output.data.evaluationHash : null;
}
