import { type ErrorDetails, PipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { missingVersion } from './missing-version.js';

interface Line {
  readonly modelName: string;
  readonly line: string;
}

/** A version of a line: by number, else the newest of a stage, else the champion. */
export interface VersionChoice extends Line {
  readonly version?: string;
  readonly stage?: Stage;
}

/** `VERSION_NOT_FOUND`. @param wanted - without its article: `version 1.2.3`, `version in staging`. */
export const versionNotFound = ({ modelName, line }: Line, wanted: string, details: ErrorDetails = {}): PipelineError =>
  new PipelineError('VERSION_NOT_FOUND', `${modelName} (line ${line}) has no ${wanted}`, {
    modelName,
    line,
    ...details,
  });

/** The version of a line that was registered last of those in a stage; null when there is none. */
export async function findNewestInStage(
  registry: Pick<ModelRegistry, 'listVersions'>,
  { modelName, line }: Line,
  stage: Stage,
): Promise<VersionRecord | null> {
  const versions = (await registry.listVersions({ modelName, line })).filter((record) => record.stage === stage);
  return versions.sort((a, b) => b.registeredAt.getTime() - a.registeredAt.getTime())[0] ?? null;
}

/** As `findNewestInStage`. @throws PipelineError `VERSION_NOT_FOUND`. */
export async function requireNewestInStage(
  registry: Pick<ModelRegistry, 'listVersions'>,
  { modelName, line }: Line,
  stage: Stage,
): Promise<VersionRecord> {
  const newest = await findNewestInStage(registry, { modelName, line }, stage);
  if (newest !== null) return newest;
  throw versionNotFound({ modelName, line }, `version in ${stage}`, { stage });
}

/**
 * The version that answers a request.
 * @throws PipelineError `VERSION_NOT_FOUND` with what was wanted, what is there, and how to ask it.
 */
export async function chooseVersion(registry: ModelRegistry, choice: VersionChoice): Promise<VersionRecord> {
  const found = await findChosen(registry, choice);
  if (found !== null) return found;
  throw await missingVersion(registry, choice);
}

async function findChosen(registry: ModelRegistry, choice: VersionChoice): Promise<VersionRecord | null> {
  const { modelName, line, version, stage } = choice;
  if (stage !== undefined && version === undefined) return findNewestInStage(registry, choice, stage);
  if (version === undefined) return registry.findChampion(modelName, line);
  return registry.getVersion(modelName, line, version).catch((fault: unknown) => {
    if (fault instanceof PipelineError && fault.code === 'VERSION_NOT_FOUND') return null;
    throw fault;
  });
}
