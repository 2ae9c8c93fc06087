import {
  type CheckParityInput,
  type ParityFinding,
  parityResult,
  type ParityResult,
} from '../../contracts/feature-parity.js';
import { formatMinute } from '../../registry/format-minute.js';
import type { CliContext } from '../program/context.js';
import { type RunOptions, runId } from '../program/options.js';
import { runToEnd } from './run-to-end.js';

export interface ParityOptions extends RunOptions {
  /** ISO 8601. */
  readonly since?: string;
  readonly sample: number;
  readonly source?: string;
}

/**
 * Compares features that the API read with the point-in-time values and prints what differs and why. Ends with 1 when
 * something does.
 * @throws PipelineError `SOURCE_NOT_FOUND`.
 */
export async function checkParity(cli: CliContext, options: ParityOptions): Promise<void> {
  const connection = await cli.connect();
  const { since = null, source = null, sample } = options;
  const input: CheckParityInput = { since, source, sample };
  const summary = 'Features that were served, compared with those of the snapshot';
  const request = { workflow: 'checkParity', input, id: runId(options, 'feature-parity'), summary };
  const ended = await runToEnd(cli, connection, request, options);
  if (ended !== null) reportParity(cli, ended.workflowId, parityResult.parse(ended.result));
}

/** Columns that a line names; `--json` has all. */
const MOST_NAMED = 6;

function namesOf({ columns }: ParityFinding): string {
  const names = columns.slice(0, MOST_NAMED).map(({ name }) => name);
  const others = columns.length - names.length;
  return others > 0 ? `${names.join(', ')} and ${others} others` : names.join(', ');
}

const verdicts: Readonly<Record<ParityResult['status'], string>> = {
  sound: 'every read that could be compared is what the snapshot gives',
  differs: 'reads DIFFER from what the snapshot gives',
  undecided: 'nothing could be compared, so nothing is decided and no alert is raised or resolved',
};

/** Prints the result of a comparison; ends with 1 when reads differ. */
export function reportParity(cli: CliContext, workflowId: string, result: ParityResult): void {
  const { out } = cli;
  const { status, source, since, until, answers, views, notCompared } = result;
  cli.exitWith(status === 'differs' ? 1 : 0);
  out.result({ workflowId, ...result }, () => {
    const window = `${formatMinute(new Date(since))} to ${formatMinute(new Date(until))} UTC`;
    out.line(`source ${source}, ${answers} answers that read features, ${window}: ${verdicts[status]}`);
    if (views.length > 0) out.table({ ...viewTable(views), right: ['compared', 'differing'] });
    const rows = views.flatMap(({ view, version, findings }) =>
      findings.map((finding) => [
        `${view}@${version}`,
        finding.cause,
        String(finding.reads),
        finding.finding,
        namesOf(finding),
        finding.examples[0]?.predictionId ?? '',
      ]),
    );
    if (rows.length > 0)
      out.table({
        head: ['view', 'cause', 'reads', 'what was found', 'columns', 'for instance'],
        rows,
        right: ['reads'],
      });
    for (const { reason, reads } of notCompared) out.line(`${reads} reads not compared: ${reason}`);
  });
}

const viewTable = (views: ParityResult['views']) => ({
  head: ['view', 'compared', 'differing', 'largest relative difference'],
  rows: views.map(({ view, version, compared, differing, worst }) => [
    ...[`${view}@${version}`, String(compared), String(differing)],
    worst === null ? '–' : worst.toPrecision(2),
  ]),
});
