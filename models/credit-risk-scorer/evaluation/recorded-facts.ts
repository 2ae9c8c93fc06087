import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import type { GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';
import { readTrees } from '../prediction/trees.js';
import { readJson } from '../../../learning/artefact/index.js';
import { tradeOff, type TradeOff } from '../training/fairness-trade-off.js';
import { preprocessing, type Preprocessing } from '../../../learning/tabular/preprocessing/index.js';
import { scorecardOfDefinition1, scorecard, type Scorecard } from '../prediction/scorecard.js';

/** What training stored for the card, beside the graph. */
export interface RecordedFacts {
  readonly scorecard: Scorecard;
  /** Null without an artefact, and for an artefact of definition 1. */
  readonly trained: {
    readonly tradeOff: TradeOff;
    readonly trees: GradientBoostingState;
    readonly preprocessing: Preprocessing;
  } | null;
}

/** @throws PipelineError `ARTEFACT_INVALID` for files of another form. */
export function recordedFacts(files: ArtefactFiles | undefined): RecordedFacts {
  if (!files?.['scorecard.json']) return { scorecard: scorecardOfDefinition1, trained: null };
  return {
    scorecard: readJson(files, 'scorecard.json', scorecard),
    trained: {
      tradeOff: readJson(files, 'fairness.json', tradeOff),
      trees: readTrees(files),
      preprocessing: readJson(files, 'preprocessing.json', preprocessing),
    },
  };
}
