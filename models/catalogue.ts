import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import { modelName } from '../contracts/ids.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { Monitoring } from '../contracts/monitored-columns.js';
import { codeRoot, isCompiled } from '../platform/project.js';

/** The running code's own form: `index.ts` from source (tsx, vitest), `index.js` compiled. */
const INDEX_FILE = isCompiled ? 'index.js' : 'index.ts';
const MODELS_FOLDER = join(codeRoot, 'models');

/** The members without which nothing downstream could work; the compiler checks the rest. */
const REQUIRED_FUNCTIONS = ['train', 'predictor', 'sampleInputs', 'baseline', 'score', 'evaluate', 'compare'] as const;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function requireDefinition(folder: string, exported: unknown): ModelDefinition {
  const refuse = (fault: string): never => {
    throw new PipelineError('INVALID_MODEL', `models/${folder}: ${fault}`, { folder });
  };
  if (!isRecord(exported)) return refuse(`${INDEX_FILE} has no export named \`model\`; write it with defineModel`);
  const missing = REQUIRED_FUNCTIONS.filter((name) => typeof exported[name] !== 'function');
  if (missing.length > 0) return refuse(`\`model\` has no function ${missing.join(', ')}`);
  if (exported.name !== folder) return refuse(`is named "${String(exported.name)}"; folder and name must agree`);
  if (!modelName.safeParse(exported.name).success) return refuse('expected a kebab-case name');
  return exported as unknown as ModelDefinition;
}

async function importModel(modelsFolder: string, folder: string): Promise<ModelDefinition> {
  const file = join(modelsFolder, folder, INDEX_FILE);
  if (!existsSync(file))
    throw new PipelineError('INVALID_MODEL', `models/${folder}: there is no ${INDEX_FILE}`, { folder });
  const loaded = (await import(pathToFileURL(file).href)) as { readonly model?: unknown };
  return requireDefinition(folder, loaded.model);
}

/**
 * Loads every folder of `modelsFolder` as one model, sorted by name.
 * @throws PipelineError `INVALID_MODEL`: no index file, no `model` export, or a name that is not the folder's (so two
 *   folders can never share one).
 */
export async function loadCatalogueFrom(modelsFolder: string): Promise<readonly ModelDefinition[]> {
  const entries = await readdir(modelsFolder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(folders.sort().map((folder) => importModel(modelsFolder, folder)));
}

let loaded: Promise<readonly ModelDefinition[]> | undefined;

/** All models of this program, read from the folders of models/ once a process. */
export function loadCatalogue(): Promise<readonly ModelDefinition[]> {
  loaded ??= loadCatalogueFrom(MODELS_FOLDER);
  return loaded;
}

const single = new Map<string, Promise<ModelDefinition>>();

/** Loads one folder, once a process. */
function loadModel(name: string): Promise<ModelDefinition> {
  const loading = single.get(name) ?? importModel(MODELS_FOLDER, name);
  single.set(name, loading);
  return loading;
}

/**
 * The model of this name. Only its own folder is loaded: a computing process works for one model.
 * @throws PipelineError `UNKNOWN_MODEL` with the known names, `INVALID_MODEL`.
 */
export async function findModel(name: string): Promise<ModelDefinition> {
  if (modelName.safeParse(name).success && existsSync(join(MODELS_FOLDER, name))) return loadModel(name);
  const known = (await loadCatalogue()).map((model) => model.name);
  throw pipelineError('UNKNOWN_MODEL', { modelName: name, known });
}

const MONITORING_FILE = isCompiled ? 'monitoring.js' : 'monitoring.ts';

/** A model with what monitoring knows of it; null: its drift features are monitored as inputs of their name. */
export interface MonitoredModel extends ModelDefinition {
  readonly monitoring: Monitoring | null;
}

/**
 * A model with its monitoring, a file of its own beside the index: what is trained and scored does not depend on it.
 * @throws PipelineError as {@link findModel}.
 */
export async function findMonitored(name: string): Promise<MonitoredModel> {
  const model = await findModel(name);
  const file = join(MODELS_FOLDER, name, MONITORING_FILE);
  if (!existsSync(file)) return { ...model, monitoring: null };
  const { monitoring } = (await import(pathToFileURL(file).href)) as { readonly monitoring: Monitoring };
  return { ...model, monitoring };
}
