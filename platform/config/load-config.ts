import { join } from 'node:path';
import { config as loadEnvironmentFile } from 'dotenv';
import { projectRoot } from '../project.js';
import { type Config, readConfig } from './config.js';
import { processEnvironment } from './environment.js';

/**
 * The settings of a process whose parent passes it a complete environment, such as the supervisor: `.env` is not read.
 * @throws PipelineError `INVALID_CONFIG`.
 */
export const inheritedConfig = (): Config => readConfig(processEnvironment(), projectRoot);

/**
 * The settings of this process: the environment, completed by `.env` in the project's folder. Paths in it are relative
 * to the project, so that `ml` finds the same services from every folder.
 * @throws PipelineError `INVALID_CONFIG`.
 */
export function loadConfig(): Config {
  loadEnvironmentFile({ path: join(projectRoot, '.env'), quiet: true });
  return inheritedConfig();
}
