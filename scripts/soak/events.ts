import { randomUUID } from 'node:crypto';
import type { Services } from '../../composition/services.js';
import type { VersionRecord } from '../../contracts/registry.js';
import { findSourceInUse } from '../../datasets/sources/source-in-use.js';
import { readState } from '../../platform/embedded/state.js';
import { loadArtefact, storeArtefact } from '../../registry/artefacts.js';
import { activeLine } from '../../serving/routing/route-table.js';

/** Something that is done to the platform during the load. */
export interface SoakEvent {
  readonly name: string;
  /** Share of the load's time at which it happens. */
  readonly at: number;
  act(): Promise<void>;
}

/** An event that happened. */
export interface PastEvent {
  readonly name: string;
  /** Milliseconds since the load began. */
  readonly at: number;
}

const ACTOR = 'soak test';

/** Versions that answer in the line of the source in use. */
export async function servedVersions({ registry, catalog }: Services): Promise<VersionRecord[]> {
  const line = activeLine({ sourceInUse: await findSourceInUse(catalog, { ownBackend: false }) });
  return (await registry.listServing()).filter((record) => record.line === line);
}

/** Puts the version that answers into production, if it is not there, so that there is one to return to. */
export async function inProduction(
  services: Services,
  records: readonly VersionRecord[],
  model: string,
): Promise<VersionRecord> {
  const ours = records.filter(({ modelName }) => modelName === model);
  const former = ours.find(({ stage }) => stage === 'production');
  if (former !== undefined) return former;
  await promote(services, ours[0]!, 'production');
  return ours[0]!;
}

/**
 * Registers the artefact of a version once more, as other bytes, so that it is loaded and verified anew, and stages it.
 * @returns its version.
 */
export async function stageSuccessor({ registry, blobs }: Services, served: VersionRecord): Promise<string> {
  const { modelName, line, artefactHash } = served;
  const { manifest, files } = await loadArtefact(blobs, artefactHash);
  const { definitionVersion, signatureHash, reads } = manifest;
  const mark = new TextEncoder().encode(JSON.stringify({ mark: randomUUID() }));
  const stored = await storeArtefact(blobs, {
    ...{ modelName, line, definitionVersion, signatureHash, ...(reads && { reads }) },
    files: { ...files, 'soak.json': mark },
  });
  const runKey = randomUUID();
  const run = { runKey, workflowId: `soak-${runKey}`, modelName, line, seed: 1, params: {}, codeVersion: '0' };
  await registry.startRun(run);
  const { dataset, definitionHash, evaluationHash } = served;
  const hashes = { signatureHash, definitionHash, evaluationHash, artefactHash: stored.artefactHash };
  const nothing = { metrics: [], comparisons: [], gates: [] };
  const champion = await registry.findChampion(modelName, line);
  const championVersion = champion?.version ?? null;
  const { version } = await registry.register({ runKey, modelName, line, dataset, ...hashes, ...nothing, championVersion }); // prettier-ignore
  await promote({ registry }, { ...served, version: version! }, 'staging');
  return version!;
}

type Named = Pick<VersionRecord, 'modelName' | 'line' | 'version'>;

/** Moves a version to a stage; production as a demo, since the customers are generated. */
export async function promote(
  { registry }: Pick<Services, 'registry'>,
  { modelName, line, version }: Named,
  to: 'staging' | 'production',
): Promise<void> {
  const why = { actor: ACTOR, reason: 'soak test', idempotencyKey: randomUUID(), demo: to === 'production' };
  await registry.promote({ modelName, line, version, to, ...why });
}

export async function rollBack({ registry }: Pick<Services, 'registry'>, { modelName, line }: Named): Promise<void> {
  await registry.rollback({ modelName, line, actor: ACTOR, reason: 'soak test', idempotencyKey: randomUUID() });
}

/** Ends a part of the platform as a crash would; the supervisor starts it again. */
export function kill(home: string, name: string): Promise<void> {
  const part = readState(home)?.parts.find((candidate) => candidate.name === name);
  const identity = part?.process ?? null;
  if (identity === null) throw new Error(`${name} does not run, so it cannot be killed`);
  process.kill(identity.pid, 'SIGKILL');
  return Promise.resolve();
}
