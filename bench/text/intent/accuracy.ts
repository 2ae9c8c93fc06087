import { accuracy, microF1 } from '../../../learning/evaluation/metrics/index.js';
import { runLinearPeer } from '../../peers/linear-text.js';
import type { BenchmarkContext, BenchmarkRow } from '../../report/suite.js';
import { encoderFolder } from '../../support/encoder.js';
import type { DividedSet } from '../../support/divided-set.js';
import { loadSet, measure, type Measured, peerTexts, type Protocol, protocolsOf, row } from './sets.js';

/** A set and its targets. */
export interface Bar {
  readonly name: string;
  readonly path: string;
  readonly accuracy?: number;
  readonly recall?: number;
  readonly calibration?: number;
}

const MOST_SECONDS = 60;
const MOST_PREDICT_SECONDS = 0.0003;

async function linearPeer({ train, holdout }: DividedSet, protocol: Protocol) {
  const rows = peerTexts(holdout, false);
  const answer = await runLinearPeer(peerTexts(train, false, protocol), { test: rows });
  if (answer === null) return { quality: null, seconds: null };
  const truth = rows.labels as string[];
  const value = accuracy({ truth, predicted: answer.predictions.test as string[] });
  return { quality: { name: answer.name, value }, seconds: { name: answer.name, value: answer.cpuSeconds } };
}

type Quality = Pick<Measured, 'metrics'>;

function outOfScopeRows(name: string, { metrics }: Quality, { recall }: Bar): BenchmarkRow[] {
  const { outOfScopeRecall, outOfScopeAuroc } = metrics;
  if (outOfScopeRecall === undefined || outOfScopeAuroc === undefined) return [];
  const target = recall === undefined ? null : { atLeast: recall };
  return [
    row({ name: `${name}: out-of-scope recall, 5 % of validation rejected`, value: outOfScopeRecall, target }),
    row({ name: `${name}: out-of-scope AUROC`, value: outOfScopeAuroc }),
  ];
}

/** Accuracy, calibration and the detection of out-of-scope messages. */
export function qualityRows(name: string, found: Quality, bar: Bar, peer: BenchmarkRow['peer']): BenchmarkRow[] {
  const { metrics } = found;
  const target = bar.accuracy === undefined ? null : { atLeast: bar.accuracy };
  const calibration = bar.calibration === undefined ? null : { atMost: bar.calibration };
  return [
    row({ name: `${name}: accuracy`, value: metrics.accuracy!, target, peer }),
    row({ name: `${name}: ECE-15 after temperature`, value: metrics.expectedCalibrationError!, target: calibration }),
    ...outOfScopeRows(name, found, bar),
  ];
}

const SCRATCH: readonly Bar[] = [
  { name: 'CLINC150', path: 'clinc150/data_full.json.gz', accuracy: 0.925 },
  { name: 'Banking77', path: 'banking77', accuracy: 0.915 },
  { name: 'HWU64', path: 'hwu64', accuracy: 0.88 },
];

async function scratchRows(set: DividedSet, bar: Bar, protocol: Protocol): Promise<BenchmarkRow[]> {
  const { ownValidation, suffix } = protocol;
  const found = await measure(set, { ownValidation });
  await found.predictor.close();
  const { quality, seconds } = await linearPeer(set, protocol);
  const name = `scratch ${bar.name}${suffix}`;
  const cpu = { value: found.trainSeconds, unit: 'CPU s', target: { atMost: MOST_SECONDS } };
  const each = { value: found.predictSeconds * 1000, unit: 'CPU ms', target: { atMost: MOST_PREDICT_SECONDS * 1000 } };
  return [
    ...qualityRows(name, found, bar, quality),
    row({ name: `${name}: training, augmentation tried`, ...cpu, peer: seconds }),
    row({ name: `${name}: one prediction`, ...each }),
  ];
}

/** From scratch against scikit-learn on the same rows, with and without a validation part that the set brings. */
export async function scratchSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const bar of SCRATCH) {
    const set = await loadSet(context, bar.path);
    if (set === null) continue;
    for (const protocol of protocolsOf(set)) {
      context.onProgress(`from scratch: ${bar.name}${protocol.suffix}`);
      rows.push(...(await scratchRows(set, bar, protocol)));
    }
  }
  return rows;
}

const FROZEN: readonly Bar[] = [
  { name: 'CLINC150', path: 'clinc150/data_full.json.gz', accuracy: 0.954 },
  { name: 'Banking77', path: 'banking77', accuracy: 0.929 },
];

/** A frozen encoder with a linear head; a validation part that the set brings is kept apart. */
export async function frozenSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  if (encoderFolder() === null) {
    context.onProgress(`frozen: ENCODER_PATH names no encoder: left out`);
    return [];
  }
  const rows: BenchmarkRow[] = [];
  for (const bar of FROZEN) {
    const set = await loadSet(context, bar.path);
    if (set === null) continue;
    context.onProgress(`frozen: ${bar.name}`);
    const found = await measure(set, { engine: 'frozen' });
    await found.predictor.close();
    const name = `frozen ${bar.name}`;
    rows.push(
      ...qualityRows(name, found, bar, null),
      row({ name: `${name}: training`, value: found.trainSeconds, unit: 'CPU s' }),
    );
  }
  return rows;
}

const MULTI_LABEL: readonly (Bar & { readonly multiLabel: boolean })[] = [
  { name: 'MixSNIPS dev → test', path: 'snips-mixsnips/MixSNIPS_clean', multiLabel: true },
  { name: 'NLU++ folds 0–11 → 12–14', path: 'nlupp-banking', multiLabel: true },
  { name: 'Hinglish-TOP train → validation', path: 'hinglish-top', multiLabel: false },
];

/** One-vs-rest on words (TF-IDF), as a user of scikit-learn would begin; for one intent a message the linear peer. */
async function multiPeer({ train, holdout }: DividedSet, multiLabel: boolean) {
  const rows = peerTexts(holdout, multiLabel);
  const answer = await runLinearPeer(peerTexts(train, multiLabel), { test: rows });
  if (answer === null) return null;
  const { name, predictions } = answer;
  if (!multiLabel)
    return {
      name,
      exact: accuracy({ truth: rows.labels as string[], predicted: predictions.test as string[] }),
      micro: null,
    };
  const [truth, found] = [rows.labels, predictions.test] as (readonly (readonly string[])[])[];
  const key = (labels: readonly string[]): string => [...labels].sort().join('#');
  return {
    name,
    exact: accuracy({ truth: truth!.map(key), predicted: found!.map(key) }),
    micro: microF1(truth!, found!),
  };
}

/** Several intents a message, and code-switched ones: better than a linear baseline. */
export async function multiSection(context: BenchmarkContext): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const { name, path, multiLabel } of MULTI_LABEL) {
    const set = await loadSet(context, path);
    if (set === null) continue;
    context.onProgress(`several intents: ${name}`);
    const { metrics, predictor } = await measure(set, {});
    await predictor.close();
    const peer = await multiPeer(set, multiLabel);
    const against = (value: number | null | undefined) =>
      peer === null || value === null || value === undefined
        ? {}
        : { peer: { name: peer.name, value }, target: { atLeast: value } };
    rows.push(
      row({
        name: `${name}: ${multiLabel ? 'exact match' : 'accuracy'}`,
        value: metrics.accuracy!,
        ...against(peer?.exact),
      }),
    );
    if (multiLabel) rows.push(row({ name: `${name}: micro F1`, value: metrics.microF1!, ...against(peer?.micro) }));
  }
  return rows;
}
