import './zod-without-eval.js';
import * as workflows from './all.js';
import { refuseUnknown } from './unknown-workflow.js';

/** The exports are the workflows that the worker's bundle holds. */
export * from './all.js';
export { interceptors } from './readable-input.js';

/** Temporal's SDK starts the default export for every other name. */
export default refuseUnknown(Object.keys(workflows));
