import { PipelineError } from '../contracts/errors.js';
import { isBackendLine, type Stage } from '../contracts/ids.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { nearestName } from '../contracts/nearest-name.js';

/** A version that was wanted and is not there. */
export interface MissingVersion {
  readonly modelName: string;
  readonly line: string;
  readonly version?: string;
  readonly stage?: Stage;
}

/** Names of the lines that these versions belong to. */
export const linesOf = (versions: readonly VersionRecord[]): string[] =>
  [...new Set(versions.map(({ line }) => line))].sort();

/** Likeness below which two names have no more in common than any two. */
const NEAR = 0.8;

/** "did you mean …" and the known lines, for a line without versions. @param known - lines with versions. */
export function lineHint(line: string, known: readonly string[]): string {
  if (known.length === 0) return 'none is registered yet';
  const nearest = nearestName(line, known, NEAR);
  const meant = nearest === null ? '' : `did you mean --line ${nearest}? `;
  return `${meant}lines with versions: ${known.join(', ')}`;
}

/** What the line has instead. @param own - its versions, the newest first. */
function stageHint({ line, version, stage }: MissingVersion, own: readonly VersionRecord[]): string {
  const newest = own.find((record) => record.stage !== 'archived');
  if (newest === undefined) return 'every version of the line is archived';
  const found = `the newest is ${newest.version} in ${newest.stage}`;
  if (version !== undefined || (stage === undefined && newest.stage !== 'dev')) return found;
  if (isBackendLine(line)) return `${found}: ask it with --stage ${newest.stage}`;
  return `${found}, where this line stays; leave --stage out`;
}

const wantedOf = ({ line, version, stage }: MissingVersion): string => {
  if (version !== undefined) return `version ${version}`;
  if (stage !== undefined) return `version in ${stage}`;
  return isBackendLine(line) ? 'version in production or staging' : 'version';
};

/** `VERSION_NOT_FOUND` with what was wanted, what is there, and how to ask it. */
export async function missingVersion(
  registry: Pick<ModelRegistry, 'listVersions'>,
  wanted: MissingVersion,
): Promise<PipelineError> {
  const { modelName, line, version, stage } = wanted;
  const versions = await registry.listVersions({ modelName });
  const own = versions.filter((record) => record.line === line);
  const hint = own.length === 0 ? lineHint(line, linesOf(versions)) : stageHint(wanted, own);
  return new PipelineError('VERSION_NOT_FOUND', `${modelName} (line ${line}) has no ${wantedOf(wanted)}; ${hint}`, {
    modelName,
    line,
    version: version ?? null,
    stage: stage ?? null,
    lines: linesOf(versions),
  });
}
