import { PipelineError } from '../../contracts/errors.js';
import type { MasterTrainingResult, ModelOutcome, TrainModelResult } from '../../contracts/workflows.js';
import { masterTrainingResult, trainModelResult } from '../../contracts/workflows.js';
import type { CliContext, Connection } from '../program/context.js';
import { writeReportOf } from './report-view.js';
import { exampleRequest } from './example-request.js';
import { exitCodeOfMaster, exitCodeOfModel, printOutcomes, runUrl, writeCardFile } from './results.js';

/** Prints the results of a full retraining, writes the cards and sets the exit code. */
export async function reportMaster(
  cli: CliContext,
  connection: Connection,
  workflowId: string,
  found: unknown,
): Promise<void> {
  const result = parseResult(masterTrainingResult, found, workflowId);
  const report = await writeReportOf(cli, connection, workflowId);
  const cards = await writeCards(cli, connection, decidedResults(result.models), (model) => `${workflowId}/${model}`);
  const url = runUrl(connection.endpoints.temporal, workflowId);
  cli.exitWith(exitCodeOfMaster(result));
  const request = await exampleRequest(cli.config, result.models);
  cli.out.result({ workflowId, url, report, cards, result }, () => {
    printMaster(cli, result);
    printWhereToLook(cli, { workflowId, url, report, cards });
    if (request !== null) cli.out.line(request);
  });
}

/** Prints the result of one model's training, writes its card and sets the exit code. */
export async function reportModel(
  cli: CliContext,
  connection: Connection,
  workflowId: string,
  found: unknown,
): Promise<void> {
  const result = parseResult(trainModelResult, found, workflowId);
  const cards = await writeCards(cli, connection, [result], () => workflowId);
  const url = runUrl(connection.endpoints.temporal, workflowId);
  cli.exitWith(exitCodeOfModel(result));
  cli.out.result({ workflowId, url, cards, result }, () => {
    printOutcomes(cli.out, [{ status: 'decided', result, promotion: null }]);
    printWhereToLook(cli, { workflowId, url, report: null, cards });
  });
}

/** Prints that the run goes on in the background, with or without `--json`. */
export function reportDetached(cli: CliContext, { endpoints }: Connection, workflowId: string): void {
  const url = runUrl(endpoints.temporal, workflowId);
  cli.out.result({ workflowId, url, status: 'running' }, () => {
    cli.out.line(`${workflowId} goes on without this command. Follow it with: ml runs show ${workflowId} --follow`);
    if (url !== null) cli.out.line(url);
  });
}

function parseResult<T>(schema: { parse(value: unknown): T }, found: unknown, workflowId: string): T {
  try {
    return schema.parse(found);
  } catch (cause) {
    const message =
      'the result of the workflow does not have the form that this version expects; another version may have written it';
    throw new PipelineError('INTERNAL', message, { workflowId }, { cause });
  }
}

const decidedResults = (outcomes: readonly ModelOutcome[]): readonly TrainModelResult[] =>
  outcomes.flatMap((outcome) => (outcome.status === 'decided' ? [outcome.result] : []));

async function writeCards(
  { config }: CliContext,
  { services }: Connection,
  results: readonly TrainModelResult[],
  runOf: (modelName: string) => string,
): Promise<readonly string[]> {
  const paths = await Promise.all(
    results.map((result) => writeCardFile(services, config.home, { result, workflowId: runOf(result.modelName) })),
  );
  return paths.filter((path) => path !== null);
}

function printMaster({ out }: CliContext, result: MasterTrainingResult): void {
  if (result.models.length > 0) printOutcomes(out, result.models);
  for (const note of result.notes ?? []) out.line(note);
  if (result.reasons.length === 0) return;
  out.line(out.paint.bold(`${result.status}: ${result.source}`));
  for (const reason of result.reasons) out.line(`  ${reason}`);
}

interface WhereToLook {
  readonly workflowId: string;
  readonly url: string | null;
  /** File of the report; null without one. */
  readonly report: string | null;
  readonly cards: readonly string[];
}

function printWhereToLook({ out }: CliContext, { workflowId, url, report, cards }: WhereToLook): void {
  out.line();
  for (const card of cards) out.line(`card     ${card}`);
  if (report !== null) out.line(`report   ${report}`);
  out.line(`run      ml runs show ${workflowId}`);
  if (url !== null) out.line(`Temporal ${url}`);
}
