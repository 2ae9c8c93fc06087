import { join } from 'node:path';
import { config as loadEnvironmentFile } from 'dotenv';
import type { Config } from '../../platform/config.js';
import { readConfig } from '../../platform/config.js';
import { projectRoot } from '../../platform/project.js';

/**
 * The settings of this process: the environment, completed by `.env` in the project's folder. Paths in it are relative
 * to the project, so that `ml` finds the same services from every folder.
 * @throws PipelineError `INVALID_CONFIG`.
 */
export function loadConfig(): Config {
  loadEnvironmentFile({ path: join(projectRoot, '.env'), quiet: true });
  return readConfig(process.env, projectRoot);
}
