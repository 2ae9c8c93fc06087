import type { EvaluatedModel, FittedModel, TrainingPlan } from '../contracts/activities.js';
import type { DatasetRef } from '../contracts/dataset.js';
import { isBackendLine } from '../contracts/ids.js';
import type { RegistrationResult } from '../contracts/registry.js';
import type {
  SearchAttributeValues,
  trainModelInput,
  TrainingStage,
  TrainModelResult,
} from '../contracts/workflows.js';
import type { ProgressTable } from './visibility.js';

/** One training while it runs. */
export interface Training {
  readonly runKey: string;
  readonly modelName: string;
  readonly request: ReturnType<typeof trainModelInput.parse>;
  readonly plan: TrainingPlan;
  readonly table: ProgressTable;
  /** Remarks on the data that this run took. */
  readonly dataNotes: string[];
  stage: TrainingStage;
}

/** Notes that the run is in this stage. */
export function enter(training: Training, stage: TrainingStage, attributes: SearchAttributeValues = {}): void {
  training.stage = stage;
  training.table.enter(stage, attributes);
  if (stage !== 'done') training.table.mark(stage, 'running');
}

/** What the stages up to the registration have given. */
export interface RegisteredModel {
  readonly fitted: FittedModel;
  readonly evaluated: EvaluatedModel;
  readonly registration: RegistrationResult;
}

/** The result of a run that came to a decision about its model. */
export function resultOf(
  training: Training,
  found: RegisteredModel & { readonly dataset: DatasetRef; readonly cardHash: string | null },
): TrainModelResult {
  const { dataset, evaluated, registration, cardHash } = found;
  training.stage = registration.decision === 'rejected' ? 'registration' : 'done';
  return resultWith(training, registration.decision, {
    line: dataset.line,
    version: registration.version,
    promotable: isPromotable(dataset, evaluated, registration),
    reasons: registration.reasons,
    rows: dataset.rows,
    holdoutRows: evaluated.holdoutRows,
    metrics: evaluated.metrics,
    baselineName: evaluated.baselineName,
    comparisons: evaluated.comparisons,
    championVersion: evaluated.championVersion,
    notes: [...training.dataNotes, ...dataset.notes, ...evaluated.notes, ...ageNotes(registration)],
    cardHash,
    reportHash: evaluated.evaluationHash,
  });
}

const ageNotes = ({ olderThanChampion }: RegistrationResult): readonly string[] =>
  olderThanChampion === true ? ['the champion learned from a later snapshot; the version stays in dev'] : [];

/** True for a version in dev of a backend's line that passes its gates now, also when an earlier run registered it. */
const isPromotable = (
  { line }: DatasetRef,
  { gates }: EvaluatedModel,
  { stage, olderThanChampion }: RegistrationResult,
): boolean =>
  isBackendLine(line) && stage === 'dev' && olderThanChampion !== true && gates.every(({ passed }) => passed);

/** The result of a run that ends in its current stage; `facts` override the empty measurements. */
export function resultWith(
  training: Training,
  decision: TrainModelResult['decision'],
  facts: Partial<TrainModelResult> & Pick<TrainModelResult, 'reasons'>,
): TrainModelResult {
  const { modelName, plan, stage, table } = training;
  if (stage !== 'done') table.mark(stage, decision === 'skipped' ? 'skipped' : 'rejected', facts.reasons[0]);
  return {
    modelName,
    line: plan.line,
    decision,
    stage,
    version: null,
    promotable: false,
    rows: 0,
    holdoutRows: 0,
    metrics: [],
    target: plan.target,
    baselineName: null,
    comparisons: [],
    championVersion: null,
    notes: [],
    cardHash: null,
    reportHash: null,
    ...facts,
  };
}
