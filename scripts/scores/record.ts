import { z } from 'zod';
import { comparison, metric, NOT_MEASURABLE } from '../../contracts/evaluation.js';
import { decision, lineName, modelName } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import type { ScoreCodes } from './code.js';

/** What is read of a model's result in `ml retrain --json`. */
const decided = z.object({
  status: z.literal('decided'),
  result: z.object({
    modelName,
    line: lineName,
    decision,
    rows: z.int(),
    holdoutRows: z.int(),
    metrics: z.array(metric).min(1),
    comparisons: z.array(comparison),
    target: z.string().nullable(),
    baselineName: z.string().nullable(),
  }),
});

/** The output of `ml retrain --json`; every model must have been decided on. */
export const retrainOutput = z.object({ result: z.object({ models: z.array(decided).min(1) }) });

const recordedModel = z.strictObject({
  modelName,
  definitionVersion: z.int().positive(),
  /** Hash of the generator's code and of the model's that were run, from `scoreCodes`; another one makes the record stale. */
  code: z.string().regex(/^[0-9a-f]{16}-[0-9a-f]{16}$/),
  decision,
  rows: z.int(),
  holdoutRows: z.int(),
  /** The primary one. */
  metric,
  target: z.string().nullable(),
  baseline: z.strictObject({ name: z.string(), value: z.number() }).nullable(),
});

/** docs/scores.json: the figures in the documentation, from one run. */
export const scoresRecord = z.strictObject({
  schemaVersion: z.literal(1),
  recordedOn: z.iso.date(),
  commit: z.string().min(7),
  line: lineName,
  models: z.array(recordedModel).min(1),
});
export type ScoresRecord = z.infer<typeof scoresRecord>;

type Decided = z.infer<typeof decided>['result'];

/** The code that is run now. */
export interface PresentCode {
  readonly catalogue: readonly Pick<ModelDefinition, 'name' | 'definitionVersion'>[];
  readonly codes: ScoreCodes;
}

function recordOf(result: Decided, { catalogue, codes }: PresentCode): ScoresRecord['models'][number] {
  const { definitionVersion } = catalogue.find(({ name }) => name === result.modelName)!;
  const baseline = result.comparisons.find(({ against }) => against === 'baseline');
  return {
    modelName: result.modelName,
    definitionVersion,
    code: codes[result.modelName]!,
    decision: result.decision,
    rows: result.rows,
    holdoutRows: result.holdoutRows,
    metric: result.metrics[0]!,
    target: result.target,
    baseline: baseline === undefined ? null : { name: result.baselineName ?? 'baseline', value: baseline.other },
  };
}

/** The record of a retraining that this code has just run. */
export function makeRecord(
  { result: { models } }: z.infer<typeof retrainOutput>,
  present: PresentCode,
  { commit, recordedOn }: Pick<ScoresRecord, 'commit' | 'recordedOn'>,
): ScoresRecord {
  const found = models.map(({ result }) => recordOf(result, present));
  const sorted = found.sort((a, b) => (a.modelName < b.modelName ? -1 : 1));
  return { schemaVersion: 1, recordedOn, commit, line: models[0]!.result.line, models: sorted };
}

/** Why the figures of a model do not stand for the present code, one sentence a model; [] when all do. */
export const staleScores = ({ models, commit }: ScoresRecord, { catalogue, codes }: PresentCode): string[] =>
  catalogue.flatMap(({ name, definitionVersion }) => {
    const recorded = models.find((each) => each.modelName === name);
    if (recorded === undefined) return [`${name} was not recorded`];
    if (recorded.definitionVersion !== definitionVersion)
      return [`${name} was recorded with definition ${recorded.definitionVersion}, now it is ${definitionVersion}`];
    const [generator, model] = recorded.code.split('-');
    const [presentGenerator, presentModel] = codes[name]!.split('-');
    if (generator !== presentGenerator) return [`${name}: the generated data have changed since ${commit}`];
    return model === presentModel ? [] : [`${name}: the code of the model has changed since ${commit}`];
  });

const short = (value: number): string => value.toFixed(3);

function estimate({ name, value, interval }: ScoresRecord['models'][number]['metric']): string {
  if (value === null) return `${name} ${NOT_MEASURABLE}`;
  return `${name} ${short(value)}${interval ? ` (${short(interval.low)} to ${short(interval.high)})` : ''}`;
}

/** Cells of the table in the documentation, one row a model. */
export const scoreRows = ({ models }: ScoresRecord): string[][] =>
  models.map(({ modelName: name, metric: primary, target, baseline, decision: decided, holdoutRows, rows }) => [
    `\`${name}\``,
    estimate(primary),
    target ?? '',
    baseline === null ? '' : `${short(baseline.value)}, ${baseline.name}`,
    `${holdoutRows.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')}`,
    decided,
  ]);

/** Header of {@link scoreRows}. */
export const scoreHeader = ['model', 'metric (95 % interval)', 'target', 'baseline', 'rows held out', 'decision'];
