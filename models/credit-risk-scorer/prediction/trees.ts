import { z } from 'zod';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { decodeState, readText } from '../../../learning/artefact/index.js';
import type { GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';

const treesShape = z.looseObject({ schemaVersion: z.literal(1), featureCount: z.int(), trees: z.array(z.unknown()) });

/** The trees as they were grown, for explanations. @throws PipelineError `ARTEFACT_INVALID`. */
export const readTrees = (files: ArtefactFiles): GradientBoostingState =>
  readText(files, 'trees.json', (text) => {
    const state = decodeState(text);
    treesShape.parse(state);
    return state as GradientBoostingState;
  });
