import { type BackfillInput, backfillResult, type BackfillResult } from '../../contracts/backfill.js';
import { PipelineError } from '../../contracts/errors.js';
import { shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';
import { type RunOptions, runId } from '../program/options.js';
import { runToEnd } from './run-to-end.js';

export interface BackfillOptions extends RunOptions {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  readonly source?: string;
  readonly model?: readonly string[];
  readonly parallel: number;
  readonly seed?: number;
  readonly cache: boolean;
}

/**
 * Makes up for past runs of the weekly schedule and prints what each week came to. Ends with 1 when a week failed.
 * @throws PipelineError `INVALID_INPUT` for a span that ends before it begins, or without a moment of the schedule, `SOURCE_NOT_FOUND`, `UNKNOWN_MODEL`.
 */
export async function backfill(cli: CliContext, options: BackfillOptions): Promise<void> {
  requireOrder(options);
  const connection = await cli.connect();
  const { from, to, source = null, model: models = [], parallel, seed = null, cache } = options;
  const input: BackfillInput = { from, to, source, models: [...models], parallel, seed, cache };
  const summary = `Weekly retrainings from ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const request = { workflow: 'backfillRetraining', input, id: runId(options, 'backfill'), summary };
  const ended = await runToEnd(cli, connection, request, options);
  if (ended !== null) reportBackfill(cli, ended.workflowId, backfillResult.parse(ended.result));
}

function requireOrder({ from, to }: BackfillOptions): void {
  if (from <= to) return;
  throw new PipelineError('INVALID_INPUT', `--from ${from} is after --to ${to}`, { from, to });
}

/** Prints what each week came to; ends with 1 when one failed. */
export function reportBackfill(cli: CliContext, workflowId: string, result: BackfillResult): void {
  cli.exitWith(result.status === 'completed' ? 0 : 1);
  cli.out.result({ workflowId, ...result }, () => {
    const rows = result.weeks.map(({ asOf, status, snapshotHash, findings }) => [
      asOf.slice(0, 16),
      status,
      snapshotHash === null ? '–' : shortHash(snapshotHash),
      findings.join(', '),
    ]);
    cli.out.table({ head: ['as of (UTC)', 'state', 'snapshot', 'models'], rows });
  });
}
