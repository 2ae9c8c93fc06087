import type { FrozenHoldout } from '../../contracts/dataset.js';
import { findModel } from '../../models/catalogue.js';
import { renewHoldout, type RenewalEffect } from '../../training/renew-holdout.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext } from '../program/context.js';

/** What a renewal means for the next run. */
export const consequences: Readonly<Record<RenewalEffect, string>> = {
  unchanged: 'It is what it was; nothing changes.',
  'unseen-by-champion': 'The champion learned from none of these rows, so the next comparison is as fair as before.',
  'seen-by-champion':
    'The champion learned from some of these rows. The next run compares with it on those that it did not learn from; ' +
    'train soon.',
};

/**
 * Renews a line's frozen holdout and prints what that means for the next run.
 * @throws PipelineError `UNKNOWN_MODEL`; `VERSION_NOT_FOUND` for a line that has no version yet.
 */
export async function refreezeHoldout(
  cli: CliContext,
  name: string,
  { line: namedLine, approver }: { readonly line?: string; readonly approver: string },
): Promise<void> {
  const { name: modelName } = await findModel(name);
  const connection = await cli.connect();
  const { services } = connection;
  const line = await chooseLine(cli, connection, namedLine);
  const { line: renewed, effect } = await renewHoldout(services, { modelName, line, actor: approver });
  cli.out.result(renewed, () => {
    cli.out.line(`The holdout of ${modelName} (${line}) is renewed: ${describe(renewed.holdout)}`);
    cli.out.line(consequences[effect]);
  });
}

function describe(holdout: FrozenHoldout): string {
  if (holdout.kind === 'time') return `rows from ${new Date(holdout.cut).toISOString().slice(0, 10)} on`;
  if (holdout.kind === 'given') return `rows whose ${holdout.column} is ${holdout.heldOut.join(' or ')}`;
  return `${holdout.fraction * 100} % of the groups by ${holdout.column}`;
}
