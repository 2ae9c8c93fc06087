import './zod-without-eval.js';

/** Everything the worker's workflow bundle holds. The aliases are generated, one a model. */
export * from './aliases.js';
export { dataPipeline } from './data-pipeline.js';
export { masterTraining } from './master-training.js';
export { promoteModel } from './promote-model.js';
export { rollbackModel } from './rollback-model.js';
export { trainModel } from './train-model.js';
