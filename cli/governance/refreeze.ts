import { isDeepStrictEqual } from 'node:util';
import type { FrozenHoldout } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { freezeHoldout } from '../../learning/evaluation/split/index.js';
import { findModel } from '../../models/catalogue.js';
import type { CliContext } from '../program/context.js';

/**
 * Renews a line's frozen holdout: a time rule gets a cut that fits the newest data, a group rule another draw of groups.
 * @throws PipelineError `UNKNOWN_MODEL`; `VERSION_NOT_FOUND` for a line that has no version yet.
 */
export async function refreezeHoldout(
  cli: CliContext,
  name: string,
  { line, approver }: { readonly line: string; readonly approver: string },
): Promise<void> {
  const model = await findModel(name);
  const { services } = await cli.connect();
  const [newest] = await services.registry.listVersions({ modelName: name, line });
  const current = await services.registry.findLine(name, line);
  if (newest === undefined || current === null)
    throw new PipelineError('VERSION_NOT_FOUND', `${name} has no version in line ${line} yet`, {
      modelName: name,
      line,
    });
  const { table } = await loadDataset(services.blobs, newest.dataset.hash);
  const schemas = [model.backend.schema, ...model.fileFormats.map((format) => format.schema)];
  const rule = (schemas.find((schema) => schema.line === line) ?? model.backend.schema).split;
  const holdout = redrawn(freezeHoldout(rule, table), current.holdout);
  const renewed = await services.registry.refreezeLine(name, line, holdout, approver);
  cli.out.result(renewed, () => {
    cli.out.line(`The holdout of ${name} (${line}) is renewed: ${describe(renewed.holdout)}`);
    cli.out.line(consequence(current.holdout, renewed.holdout));
  });
}

/** What the renewal means for the versions that are there. */
export function consequence(former: FrozenHoldout, renewed: FrozenHoldout): string {
  if (isDeepStrictEqual(former, renewed)) return 'It is what it was; nothing changes.';
  if (former.kind === 'time' && renewed.kind === 'time' && renewed.cut >= former.cut)
    return 'The champion learned from none of these rows, so the next comparison is as fair as before.';
  return (
    'The champion learned from some of these rows. The next run compares with it on those that it did not learn from; ' +
    'train soon.'
  );
}

/** A group rule draws other groups under another salt: `salt`, `salt#2`, `salt#3` … */
export function redrawn(fresh: FrozenHoldout, current: FrozenHoldout): FrozenHoldout {
  if (fresh.kind !== 'group' || current.kind !== 'group') return fresh;
  const [, count = '1'] = current.salt.split('#');
  return { ...fresh, salt: `${fresh.salt}#${Number(count) + 1}` };
}

function describe(holdout: FrozenHoldout): string {
  if (holdout.kind === 'time') return `rows from ${new Date(holdout.cut).toISOString().slice(0, 10)} on`;
  if (holdout.kind === 'given') return `rows whose ${holdout.column} is ${holdout.heldOut.join(' or ')}`;
  return `${holdout.fraction * 100} % of the groups by ${holdout.column}`;
}
