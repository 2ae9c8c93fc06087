export { readJson, readText, requireFile, utf8, writeJson } from './files.js';
export { openGraph } from './open-graph.js';
export { runGraph } from './run-graph.js';
export { decodeState, encodeState } from './state-json.js';
