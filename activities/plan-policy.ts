import type { DataPolicy, SnapshotPolicy } from '../contracts/data-policy.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { changedTables, snapshotPolicyOf } from '../datasets/privacy/check-policy.js';
import { policyInForce } from '../datasets/privacy/read-policy.js';
import { findWithheld, findWithheldFromModel, readersOf } from '../datasets/privacy/withheld.js';
import { featureViews } from '../feature-store/definitions/index.js';
import type { Config } from '../platform/config/config.js';
import type { KeyRing } from '../platform/keys/key-ring.js';

interface PolicyDeps {
  readonly config: Pick<Config, 'dataPolicyFile'>;
}

/**
 * What the next snapshot changes; null: nothing.
 * @throws PipelineError `POLICY_INVALID`; `COLUMN_WITHHELD` when stored features could not be computed any more.
 */
export async function planPolicy(
  deps: PolicyDeps & { readonly keys: () => Promise<KeyRing> },
  given: DataPolicy | null,
): Promise<SnapshotPolicy | null> {
  const policy = await policyInForce(deps.config, given);
  if (policy === null) return null;
  const planned = await snapshotPolicyOf(policy, async () => (await deps.keys()).sign('pseudonyms', '').version);
  const withheld = findWithheld(readersOf(featureViews), planned);
  if (withheld !== null) throw withheld;
  return planned;
}

/**
 * Refuses a model before its snapshot is taken.
 * @throws PipelineError `COLUMN_WITHHELD` naming model and column; `POLICY_INVALID`.
 */
export async function requireLearnable(
  deps: PolicyDeps,
  { name, backend }: Pick<ModelDefinition, 'name' | 'backend'>,
  given: DataPolicy | null,
): Promise<void> {
  const policy = await policyInForce(deps.config, given);
  if (policy === null) return;
  const withheld = findWithheldFromModel(name, backend, { tables: changedTables(policy) });
  if (withheld !== null) throw withheld;
}
