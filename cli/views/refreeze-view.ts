import { findModel } from '../../models/catalogue.js';
import { holdoutSentence } from '../../registry/holdout-sentence.js';
import { type RenewedHoldout, renewHoldout } from '../../training/renew-holdout.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext } from '../program/context.js';

/** What a renewal means for the next run. */
export function consequenceOf({ rows, learned }: Pick<RenewedHoldout, 'rows' | 'learned'>): string {
  if (learned === null) return `${rows} rows of the newest data judge the next run. The line has no champion yet.`;
  if (learned === 0)
    return `The champion was trained on none of its ${rows} rows in the newest data, so the next comparison is as fair as before.`;
  return (
    `The champion was trained on ${learned} of its ${rows} rows in the newest data. The next run compares with it on ` +
    `the other ${rows - learned}; train soon.`
  );
}

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
  const renewal = await renewHoldout(services, { modelName, line, actor: approver });
  const { line: renewed, rows, learned } = renewal;
  cli.out.result({ ...renewed, rows, learned }, () => {
    cli.out.line(`The holdout of ${modelName} (${line}) is renewed: ${holdoutSentence(renewed.holdout)}`);
    cli.out.line(consequenceOf(renewal));
  });
}
