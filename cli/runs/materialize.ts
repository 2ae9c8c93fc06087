import { PipelineError } from '../../contracts/errors.js';
import { type MaterializeFeaturesInput, materializeFeaturesResult, type MaterializeFeaturesResult } from '../../contracts/materialisation.js'; // prettier-ignore
import { referenceOf } from '../../contracts/feature-view.js';
import { findView } from '../../feature-store/definitions/index.js';
import { shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';
import { type PastRange, type RunOptions, runId } from '../program/options.js';
import { runToEnd } from './run-to-end.js';

export interface MaterializeOptions extends RunOptions {
  readonly source?: string;
  readonly view?: readonly string[];
  readonly since?: string;
  readonly whole?: true;
  readonly asOf?: PastRange;
}

/**
 * Runs `materializeFeatures` and prints what was computed. Ends with 3 when the rows were rejected.
 * @throws PipelineError `VIEW_NOT_FOUND`; `INVALID_INPUT` for options that exclude each other; `SOURCE_NOT_FOUND`.
 */
export async function materialize(cli: CliContext, options: MaterializeOptions): Promise<void> {
  const { view: views = [], since = null, whole = false, asOf = null, source = null } = options;
  for (const reference of views) findView(reference);
  requireOne({ since: since !== null, whole, 'as-of': asOf !== null });
  const connection = await cli.connect();
  const input: MaterializeFeaturesInput = { source, views: [...views], since, whole, asOf };
  const summary =
    asOf === null ? 'Features of changed customers' : `Features from ${day(asOf.from)} to ${day(asOf.to)}`;
  const request = { workflow: 'materializeFeatures', input, id: runId(options, 'features'), summary };
  const ended = await runToEnd(cli, connection, request, options);
  if (ended !== null) reportMaterialisation(cli, ended.workflowId, materializeFeaturesResult.parse(ended.result));
}

const day = (moment: string): string => moment.slice(0, 10);

/** @throws PipelineError `INVALID_INPUT`. */
function requireOne(given: Readonly<Record<string, boolean>>): void {
  const named = Object.keys(given).filter((name) => given[name]);
  if (named.length < 2) return;
  const options = named.map((name) => `--${name}`).join(' and ');
  throw new PipelineError('INVALID_INPUT', `${options} exclude each other: give one of them`, { options: named });
}

/** Prints which values were computed. */
export function reportMaterialisation(cli: CliContext, workflowId: string, result: MaterializeFeaturesResult): void {
  cli.exitWith(result.status === 'rejected' ? 3 : 0);
  cli.out.result({ workflowId, ...result }, () => {
    const { out } = cli;
    if (result.status === 'rejected') {
      out.line(`The rows of ${result.source} were rejected, so no feature was computed:`);
      for (const reason of result.reasons) out.line(`  ${reason}`);
      return;
    }
    const { buckets, unchangedBuckets, onlineStore, snapshotHash } = result;
    const rows = result.views.map(({ asOf, computed, ...view }) => [
      referenceOf(view),
      new Date(asOf).toISOString().slice(0, 16),
      computed.toLocaleString('en-US'),
    ]);
    out.table({ head: ['view', 'as of (UTC)', 'customers computed'], rows, right: ['customers computed'] });
    const where = onlineStore === null ? 'the offline store' : `the offline store and ${onlineStore}`;
    const written = buckets === 0 ? 'nothing to write' : `written to ${where}`;
    const read = `snapshot ${shortHash(snapshotHash)} of ${result.source}`;
    out.line(`${read}, ${buckets} of ${buckets + unchangedBuckets} buckets computed; ${written}`);
    for (const note of result.notes) out.line(note);
  });
}
