export { readJson, readText, requireFile, utf8, writeJson } from './files.js';
export { type Graph, openGraph } from './open-graph.js';
export { atOnce, inTurns, nextTurn } from './next-turn.js';
export { promiseTry } from './promise-try.js';
export { runGraph } from './run-graph.js';
export { decodeState, encodeState } from './state-json.js';
export { asVariantFiles, filesOfVariant, type VariantName, variantNames, variantsOf } from './variants.js';
