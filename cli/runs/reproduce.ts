import { endedRuns } from '../../activities/ended-runs.js';
import { type ReproduceRunInput, type ReproduceRunResult, reproduceRunResult } from '../../contracts/reproduction.js';
import { requireReproducible } from '../../training/reproduce.js';
import { findRecordedRun } from '../../training/resume.js';
import { shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';
import { type RunOptions, runId } from '../program/options.js';
import { findRun } from '../views/runs-view.js';
import { runToEnd } from './run-to-end.js';

/**
 * Trains a recorded run again and prints whether the same bytes came of it, and which inputs differ. The command ends
 * with 1 when they do.
 * @throws PipelineError `RUN_NOT_FOUND`, `ALREADY_RUNNING`, `STAGE_NOT_REACHED`, `RESULT_NOT_STORED`, `DATA_ERASED`; `INVALID_INPUT` for
 *   the id of several runs.
 */
export async function reproduce(cli: CliContext, id: string, options: RunOptions): Promise<void> {
  const connection = await cli.connect();
  const { services, temporal } = connection;
  await endedRuns({ ...services, client: await temporal() }, id);
  const { workflowId: of, modelName } = await findRun(connection, id);
  const isRunning = (): Promise<boolean> => Promise.resolve(false);
  await requireReproducible(services, await findRecordedRun({ ...services, isRunning }, of, modelName));
  const input: ReproduceRunInput = { id: of, modelName };
  const summary = `${of} trained again, to compare the bytes`;
  const request = { workflow: 'reproduceRun', input, id: runId(options, `reproduce-${modelName}`), summary };
  const ended = await runToEnd(cli, connection, request, options);
  if (ended !== null) reportReproduction(cli, reproduceRunResult.parse(ended.result));
}

/** Prints whether the same bytes came of a run, and its inputs then and now; ends with 1 when not. */
export function reportReproduction(cli: CliContext, result: ReproduceRunResult): void {
  const { out } = cli;
  const { status, modelName, workflowId, recorded, found, inputs, reasons } = result;
  cli.exitWith(status === 'reproduced' ? 0 : 1);
  out.result(result, () => {
    const verdict = status === 'reproduced' ? 'the same artefact' : 'NOT reproduced';
    out.line(`${modelName} of ${workflowId}: ${verdict}, ${shortHash(recorded)} then, ${shortHash(found)} now`);
    const rows = inputs.map(({ name, recorded: then, now, same }) => [
      name,
      shortened(then),
      shortened(now),
      same ? '' : 'differs',
    ]);
    out.table({ head: ['input', 'recorded', 'now', ''], rows });
    for (const reason of reasons) out.line(reason);
  });
}

const shortened = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? shortHash(text) : text);
