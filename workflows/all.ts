import './zod-without-eval.js';

/** Every workflow, by the name under which it is started. The aliases are generated, one for each model. */
export * from './aliases.js';
export { backfillRetraining } from './backfill-retraining.js';
export { checkDrift } from './check-drift.js';
export { checkParity } from './check-parity.js';
export { dataPipeline } from './data-pipeline.js';
export { masterTraining } from './master-training.js';
export { materializeFeatures } from './materialize-features.js';
export { overrideRejection } from './override-rejection.js';
export { promoteModel } from './promote-model.js';
export { reproduceRun } from './reproduce-run.js';
export { rollbackModel } from './rollback-model.js';
export { retrainingLock } from './source-lock.js';
export { trainModel } from './train-model.js';
