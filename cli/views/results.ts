import { isBackendLine, isSynthetic, SYNTHETIC_REMARK } from '../../contracts/ids.js';
import type { Comparison } from '../../contracts/evaluation.js';
import type { MasterTrainingResult, ModelOutcome, TrainModelResult } from '../../contracts/workflows.js';
import type { ModelRegistry } from '../../contracts/registry.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { cardFileName, writeCard, writeVersionCard } from '../cards/card-files.js';
import { formatEstimate, formatMetric } from '../output/format.js';
import type { Output } from '../output/output.js';

/** Exit code of a full retraining: 0 every model ended with a decision, 1 something failed, 3 the data was rejected. */
export function exitCodeOfMaster({ status, models }: MasterTrainingResult): 0 | 1 | 3 {
  if (status === 'rejected') return 3;
  return status === 'failed' || models.some((outcome) => outcome.status === 'failed') ? 1 : 0;
}

/** Exit code of one model's run: a failed gate is a decision, rejected data is 3. */
export const exitCodeOfModel = ({ decision, stage }: TrainModelResult): 0 | 3 =>
  decision === 'rejected' && stage === 'validation' ? 3 : 0;

const head = ['model', 'line', 'metric (95 % interval)', 'target', 'baseline', 'champion', 'decision', 'version'];

/** One row a model, and below the table the notes on the numbers. */
export function printOutcomes(out: Output, outcomes: readonly ModelOutcome[]): void {
  if (outcomes.some(isOfSynthetic)) out.line(out.paint.yellow(SYNTHETIC_NOTICE));
  out.table({ head, rows: outcomes.map(rowOf) });
  for (const outcome of outcomes) printRemarks(out, outcome);
}

/** Stands above results of the generated backend. */
const SYNTHETIC_NOTICE = `${SYNTHETIC_REMARK}: customers of the generator. These scores say nothing about real ones.`;

const isOfSynthetic = (outcome: ModelOutcome): boolean =>
  outcome.status === 'decided' && isSynthetic(outcome.result.line);

/** The cells of one model's row. */
export function rowOf(outcome: ModelOutcome): readonly string[] {
  if (outcome.status === 'failed') return [outcome.modelName, '–', '–', '–', '–', '–', 'failed', '–'];
  const { result } = outcome;
  const [primary] = result.metrics;
  return [
    result.modelName,
    result.line,
    primary ? formatMetric(primary) : '–',
    result.target ?? '–',
    baselineCell(result),
    championCell(result),
    result.decision,
    result.version ?? '–',
  ];
}

const comparisonWith = (result: TrainModelResult, against: Comparison['against']): Comparison | undefined =>
  result.comparisons.find((comparison) => comparison.against === against);

function baselineCell(result: TrainModelResult): string {
  const comparison = comparisonWith(result, 'baseline');
  return comparison ? `${formatEstimate(comparison.other)} ${result.baselineName ?? ''}`.trimEnd() : '–';
}

function championCell(result: TrainModelResult): string {
  if (result.championVersion === null) return 'none yet';
  const comparison = comparisonWith(result, 'champion');
  return comparison ? `${formatEstimate(comparison.other)} ${result.championVersion}` : result.championVersion;
}

function printRemarks(out: Output, outcome: ModelOutcome): void {
  const name = outcome.status === 'failed' ? outcome.modelName : outcome.result.modelName;
  const remarks = outcome.status === 'failed' ? failureRemarks(outcome) : decisionRemarks(outcome);
  if (remarks.length === 0) return;
  out.line();
  out.line(out.paint.bold(name));
  for (const remark of remarks) out.line(`  ${remark}`);
}

const failureRemarks = (outcome: { readonly errorCode: string; readonly message: string }): readonly string[] => [
  `${outcome.errorCode}: ${outcome.message}`,
];

function decisionRemarks(outcome: Extract<ModelOutcome, { status: 'decided' }>): readonly string[] {
  const { result } = outcome;
  const rows = result.rows > 0 ? [`${result.rows} rows, ${result.holdoutRows} of them held out`] : [];
  return [...rows, ...result.reasons, ...result.notes, ...promotionRemarks(outcome)];
}

/** The version's stage and the command for the next step. */
export function promotionRemarks({
  promotion,
  result,
}: Extract<ModelOutcome, { status: 'decided' }>): readonly string[] {
  if (promotion === null) return remarkOnDev(result);
  if (!promotion.awaitingApproval) return [`in ${promotion.stage}`];
  const demo = isSynthetic(result.line) ? ' --demo' : '';
  const approve = `ml approve ${result.modelName} --approver <name> --reason <why>${demo}`;
  return [`in ${promotion.stage}, production awaits approval: ${approve}`];
}

function remarkOnDev({ modelName, line, decision, promotable }: TrainModelResult): readonly string[] {
  if (promotable) return [`in dev; the next stage: ml promote ${modelName} --to staging`];
  if (decision !== 'registered' || isBackendLine(line)) return [];
  return [`in dev, where this line stays; it answers with: ml predict ${modelName} --line ${line}`];
}

export interface CardStores {
  readonly blobs: BlobStore;
  readonly registry: Pick<ModelRegistry, 'getVersion'>;
}

/**
 * Writes the model card as a file that a browser opens. An unchanged run has no card of its own: that of the version that
 * it reproduced is written.
 * @returns its path, or null when there is none or its blob is lost.
 */
export async function writeCardFile(
  { blobs, registry }: CardStores,
  home: string,
  { result, workflowId }: { readonly result: TrainModelResult; readonly workflowId: string },
): Promise<string | null> {
  const { modelName, line, version, cardHash } = result;
  if (version !== null) return writeVersionCard(blobs, home, await registry.getVersion(modelName, line, version));
  return writeCard(blobs, home, { cardHash, stage: null, fileName: cardFileName({ ...result, workflowId }) });
}

/** Address of one run in the Temporal UI, with the token of `uiUrl` if it has one. */
export const runUrl = (
  temporal: { readonly namespace: string; readonly uiUrl: string | null },
  workflowId: string,
): string | null => {
  if (temporal.uiUrl === null) return null;
  const url = new URL(temporal.uiUrl);
  url.pathname = `/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(workflowId)}`;
  return url.href;
};
