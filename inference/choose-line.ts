import { PipelineError, pipelineError } from '../contracts/errors.js';
import { lineOfSource } from '../contracts/ids.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { chooseVersion, type VersionChoice } from '../registry/choose-version.js';

/** A request that names no line. */
export type UnlinedRequest = Omit<VersionChoice, 'line'>;

/**
 * The line that answers a request which names none: that of the source in use. A version that learned from another
 * source answers only when its line is named.
 * @throws PipelineError `SOURCE_MISMATCH` when only such versions are there; `VERSION_NOT_FOUND`.
 */
export async function requireAnsweringLine(
  registry: ModelRegistry,
  request: UnlinedRequest,
  sourceInUse: string,
): Promise<string> {
  const line = lineOfSource(sourceInUse);
  try {
    await chooseVersion(registry, { ...request, line });
    return line;
  } catch (fault) {
    if (!(fault instanceof PipelineError) || fault.code !== 'VERSION_NOT_FOUND') throw fault;
    const other = await newestOfOtherSource(registry, request, line);
    throw other === null ? fault : mismatch(other, sourceInUse);
  }
}

/** Null also when the line of the source in use has versions: then what is missing is a stage or number. */
async function newestOfOtherSource(
  registry: ModelRegistry,
  { modelName, version }: UnlinedRequest,
  line: string,
): Promise<VersionRecord | null> {
  const versions = await registry.listVersions({ modelName });
  if (versions.some((record) => record.line === line)) return null;
  const others = versions.filter(
    (record) =>
      record.dataset.origin.kind === 'snapshot' &&
      record.stage !== 'archived' &&
      (version === undefined || record.version === version),
  );
  return others.sort((a, b) => b.registeredAt.getTime() - a.registeredAt.getTime())[0] ?? null;
}

function mismatch({ modelName, version, line, dataset }: VersionRecord, inUse: string): PipelineError {
  const source = dataset.origin.kind === 'snapshot' ? dataset.origin.source : dataset.origin.fileName;
  return pipelineError('SOURCE_MISMATCH', { modelName, version, line, source, inUse });
}
