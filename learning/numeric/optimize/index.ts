export { minimise } from './lbfgs.js';
export type { Iteration, Minimum, MinimiseOptions, Objective } from './lbfgs.js';
