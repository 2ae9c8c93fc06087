import type { MonitoredModel } from '../../models/catalogue.js';
import { z } from 'zod';
import { type DriftFinding, driftFinding, driftModes, driftWindow } from '../../contracts/drift.js';
import { PipelineError } from '../../contracts/errors.js';
import { contentHash, lineName, modelName, semanticVersion } from '../../contracts/ids.js';
import { countAnswers, readWindow } from '../../inference/prediction-log/read-window.js';
import { findMonitored } from '../../models/catalogue.js';
import { defineJob, type JobContext } from '../../platform/child-process/define-job.js';
import { stepsOf } from '../../platform/child-process/report-step.js';
import { readImportance } from '../../registry/importance.js';
import { shapeOf } from './column-shape.js';
import { monitoredColumns } from './held-out-columns.js';
import { loggedColumns, type LoggedColumns } from './logged-columns.js';
import { estimatePerformance } from './estimate-performance.js';
import { type Reference, referenceOf } from './reference.js';
import { findSourceFaults } from './source-faults.js';
import { compareWindow } from './statistics.js';

const compareInput = z.strictObject({
  modelName,
  line: lineName,
  version: semanticVersion,
  artefactHash: contentHash,
  evaluationHash: contentHash,
  window: driftWindow,
  mode: z.enum(driftModes),
  mostRows: z.int().positive(),
});
export type CompareInput = z.output<typeof compareInput>;

/** Compares the answers of a window with the rows that a version was judged on. */
export const compareDrift = defineJob({
  input: compareInput,
  output: driftFinding,
  async run(input, context) {
    const onStep = stepsOf(context);
    await onStep('reading the prediction log', 0, 2);
    const model = await findMonitored(input.modelName);
    const { answers, logged } = await readLogged(input, model, context);
    const base = { mode: input.mode, version: input.version, window: input.window, answers };
    if (answers === 0) return undecidedFinding({ ...base, reason: 'no answer was logged in the window' });
    await onStep('comparing with the held-out rows', 1, 2);
    const reference = await referenceOf({ ...context, database: ownPool(context) }, model, input);
    return findingOf(context, { input, model, reference, logged, base });
  },
});

/** @throws PipelineError `INTERNAL` in a process without this system's database. */
function ownPool({ ownPool: open }: JobContext) {
  if (open === undefined) throw new PipelineError('INTERNAL', 'a check for drift needs the database of the registry');
  return open();
}

async function readLogged(input: CompareInput, model: MonitoredModel, context: JobContext) {
  const { modelName: name, line, window, version, mostRows } = input;
  const [database, keys] = [ownPool(context), await context.keys!()];
  const span = { modelName: name, line, ...window };
  const answers = await countAnswers(database, span);
  const { probability } = model.monitoring ?? {};
  const rows = readWindow(database, keys, span, { answers, mostRows });
  return { answers, logged: await loggedColumns(monitoredColumns(model), rows, { version, probability }) };
}

type Base = Pick<DriftFinding, 'mode' | 'version' | 'window' | 'answers'>;

const undecidedFinding = ({ reason, ...base }: Base & { readonly reason: string }): DriftFinding => ({
  ...base,
  ...{ compared: 0, referenceRows: 0, columns: [], driftedShare: null, undecided: reason },
  ...{ performance: null, faults: [] },
});

interface Compared {
  readonly input: CompareInput;
  readonly model: MonitoredModel;
  readonly reference: Reference;
  readonly logged: LoggedColumns;
  readonly base: Base;
}

async function findingOf(context: JobContext, compared: Compared): Promise<DriftFinding> {
  const { input, model, reference, logged, base } = compared;
  const known = new Map(reference.columns.map(({ name, shape }) => [name, shape]));
  const both = logged.columns.filter(({ column }) => known.has(column.name));
  const shapes = both.map((values) => {
    const { name, role } = values.column;
    return { name, role, reference: known.get(name)!, current: shapeOf(values) };
  });
  const importance = await readImportance(context.blobs, input.artefactHash);
  const result = compareWindow({ mode: input.mode, reference, current: both, importance });
  const byName = new Map(shapes.map((shape) => [shape.name, shape]));
  return {
    ...base,
    compared: logged.compared,
    referenceRows: reference.rows,
    columns: result.columns.map((column) => {
      const { role, reference: before, current } = byName.get(column.of)!;
      return { ...column, role, reference: before, current };
    }),
    driftedShare: result.driftedShare,
    undecided: result.undecided,
    performance: estimate(model, reference, logged.probabilities),
    faults: result.undecided === null ? findSourceFaults(shapes) : [],
  };
}

const estimate = (
  { monitoring }: MonitoredModel,
  { estimator }: Reference,
  probabilities: readonly number[],
): DriftFinding['performance'] =>
  monitoring?.probability === undefined || estimator === null
    ? null
    : estimatePerformance(monitoring.probability, estimator, probabilities);
