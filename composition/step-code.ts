import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReusableStep } from '../contracts/steps.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { computingModules } from '../platform/entry-points.js';
import { codeRoot, isCompiled } from '../platform/project.js';

const { dataJobs, evaluate, fit, fitShard } = computingModules;

const moduleOf: Readonly<Record<ReusableStep, string>> = {
  validateSnapshot: dataJobs,
  buildFeatures: dataJobs,
  buildStates: dataJobs,
  prepareDataset: dataJobs,
  validateDataset: dataJobs,
  fitShard,
  fitModel: fit,
  evaluateModel: evaluate,
};

/** Hash of a module and all that it reaches, by the module's path without extension. */
type ModuleHashes = Readonly<Record<string, string>>;

/** Written by platform/code-hashes.mjs when the program is compiled. */
const readHashes = (): ModuleHashes =>
  JSON.parse(readFileSync(join(codeRoot, 'code-hashes.json'), 'utf8')) as ModuleHashes;

/** Sources may change while they run, so that no result of another process counts as that of the same code. */
function sourceHashes(): ModuleHashes {
  const models = readdirSync(join(codeRoot, 'models'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = [...Object.values(computingModules), ...models.map(({ name }) => `models/${name}/index`)];
  const process = randomUUID();
  return Object.fromEntries(paths.map((path) => [path, hashOfJson({ process, path })]));
}

let known: ModuleHashes | undefined;
const moduleHashes = (): ModuleHashes => (known ??= isCompiled ? readHashes() : sourceHashes());

/**
 * Hash of the code that computes a step: of the modules that its job reaches and of those of the model, with the
 * versions of the packages that they import.
 * @param modelName - null for a step that serves all models: then every model counts.
 */
export function stepCodeOf(step: ReusableStep, modelName: string | null): string {
  const hashes = moduleHashes();
  const models = Object.keys(hashes).filter((path) => path.startsWith('models/'));
  const chosen = modelName === null ? models.sort() : [`models/${modelName}/index`];
  return hashOfJson([moduleOf[step], ...chosen].map((path) => [path, hashes[path] ?? null]));
}
