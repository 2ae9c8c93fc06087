export { treeShap } from './tree-shap.js';
