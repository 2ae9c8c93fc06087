import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';

/** The environment variable with a worker's settings for its child processes. */
export const CHILD_SETTINGS_VARIABLE = 'ML_CHILD_SETTINGS';

const childSettings = z.strictObject({
  artifactUri: z.string(),
  cache: z.string(),
  backendDatabaseUrl: z.string(),
  backendQueriesDir: z.string().nullable(),
  databaseUrl: z.string(),
  encoder: z.strictObject({ path: z.string().nullable(), endpoint: z.string() }),
  keys: z.strictObject({ home: z.string(), keyRingFile: z.string().nullable(), blobEncryption: z.boolean() }),
  /** Who is told of refused artefacts. */
  webhookUrls: z.array(z.string()),
  /** See `ServeOptions`. */
  progressIntervalMs: z.number().nonnegative().optional(),
});
export type ChildSettings = z.infer<typeof childSettings>;

/** The settings as environment variables for a child process. */
export const childEnvironment = (settings: ChildSettings): Record<string, string> => ({
  [CHILD_SETTINGS_VARIABLE]: JSON.stringify(settings),
});

/** The settings in an environment. @throws PipelineError `INVALID_CONFIG` when the process was not started by a worker. */
export function readChildSettings(env: Readonly<Record<string, string | undefined>>): ChildSettings {
  const text = env[CHILD_SETTINGS_VARIABLE];
  if (text === undefined)
    throw new PipelineError('INVALID_CONFIG', `${CHILD_SETTINGS_VARIABLE} is not set; a worker starts this program`);
  return childSettings.parse(JSON.parse(text));
}
