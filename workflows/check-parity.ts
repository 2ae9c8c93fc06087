import './zod-without-eval.js';
import { workflowInfo } from '@temporalio/workflow';
import {
  checkParityInput,
  type CheckParityInput,
  type ParityResult,
  type ViewParity,
} from '../contracts/feature-parity.js';
import { lineOfSource } from '../contracts/ids.js';
import { parseInput } from './parse-input.js';
import { bookkeeping, dataStep } from './steps.js';
import { setSearchAttributes, showProgress } from './visibility.js';

const describeView = ({ view, version, compared, differing }: ViewParity): string =>
  `${view}@${version}: ${differing} of ${compared} reads differ`;

const describe = ({ status, answers, views }: ParityResult): string =>
  status === 'undecided' ? `nothing to compare in ${answers} answers` : views.map(describeView).join(', ');

/**
 * Draws answers of the prediction API from a window of its log and compares the features that they read with the
 * point-in-time computation. Differences are a result and an alert; only faults and outages fail the run.
 */
export async function checkParity(input: CheckParityInput = {}): Promise<ParityResult> {
  const request = parseInput(checkParityInput, input);
  const table = showProgress(['plan', 'compare', 'record']);
  const runKey = workflowInfo().firstExecutionRunId;
  const { heartbeatTimeoutMs, ...window } = await bookkeeping('Resolve source and window').planParity(request);
  const { source } = window;
  table.onLine(lineOfSource(source));
  table.mark(
    'plan',
    'done',
    `source ${source}, answers since ${new Date(window.since).toISOString().slice(0, 16)} UTC`,
  );
  table.enter('comparison', { Source: source });
  table.mark('compare', 'running');
  const step = dataStep('Compare features that were read', heartbeatTimeoutMs);
  const result = await step.replayReads({ runKey, ...window, sample: request.sample });
  table.mark('compare', result.status === 'differs' ? 'rejected' : 'done', describe(result));
  table.mark('record', 'running');
  await bookkeeping('Record the comparison').recordParity({ runKey, result });
  table.mark('record', 'done');
  setSearchAttributes({ Decision: result.status });
  table.enter('done');
  return result;
}
