import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { writeJson } from '../../../learning/artefact/index.js';
import { type Augmentation, augmented, fitAugmented } from './augment.js';
import { type Decision, fitDecision } from '../prediction/decision.js';
import { findEncoder, fitFrozen, fitTuned, openEncoderEngine } from './encoder-engine.js';
import type { EngineTask, FitEngine, OpenEngine } from './engine.js';
import { type Example, prepare, type Prepared } from '../data/examples.js';
import { loadDecision, withDecision } from './decision-checkpoint.js';
import type { IntentParams } from '../params.js';
import { fitScratch, openScratch } from './scratch-engine.js';

interface Tier {
  readonly engine: Decision['engine'];
  readonly fit: FitEngine;
  readonly open: (files: ArtefactFiles) => Promise<OpenEngine>;
  readonly notes: readonly string[];
}

const scratchTier = (notes: readonly string[]): Tier => ({
  engine: 'from-scratch',
  fit: fitScratch,
  open: openScratch,
  notes,
});

async function chooseTier(context: TrainContext, params: IntentParams): Promise<Tier> {
  if (params.engine === 'from-scratch') return scratchTier([]);
  const encoder = await findEncoder(context, params.encoder);
  if (encoder === null) {
    const asked = `the ${params.engine} tier was asked for, but no encoder "${params.encoder}" is to be had`;
    return scratchTier([`${asked} (ENCODER_PATH of the running workers, cache, hub): trained from scratch instead`]);
  }
  const note = `encoder ${encoder.name}, weights ${encoder.weightsSha256.slice(0, 12)}`;
  const fit = params.engine === 'frozen' ? fitFrozen(encoder) : fitTuned(encoder);
  return { engine: params.engine, fit, open: openEncoderEngine, notes: [note] };
}

const textsOf = (examples: readonly Example[]): string[] => examples.map(({ text }) => text);

async function decideOn(
  files: ArtefactFiles,
  tier: Tier,
  prepared: Prepared,
  { rejectShare, notes }: { readonly rejectShare: number; readonly notes: readonly string[] },
): Promise<Decision> {
  const engine = await tier.open(files);
  try {
    const scores = await engine.scores(textsOf(prepared.validation));
    const strangers = await engine.scores(textsOf(prepared.strangers));
    return fitDecision(scores, strangers, { engine: tier.engine, prepared, rejectShare }, notes);
  } finally {
    await engine.close();
  }
}

/** Learns from what validation leaves, with the variants of messages that gain. */
async function fitFirst(context: TrainContext, tier: Tier, task: EngineTask): Promise<Augmentation> {
  if (tier.engine === 'from-scratch') return fitAugmented(context, task, tier.fit);
  return { variants: [], note: null, files: await tier.fit(context, task) };
}

/** What training without the validation messages gave; no files where it will be repeated with them. */
interface First {
  readonly settings: Decision;
  readonly variants: Augmentation['variants'];
  readonly files: ArtefactFiles | null;
}

async function decideFirst(
  context: TrainContext,
  tier: Tier,
  { prepared, task }: { readonly prepared: Prepared; readonly task: EngineTask },
): Promise<First> {
  const { params } = task;
  const known = prepared.refit ? await loadDecision(context, { prepared, params }) : null;
  if (known !== null) return { settings: known, variants: [], files: null };
  const { variants, note, files } = await fitFirst(context, tier, task);
  const notes = note === null ? tier.notes : [...tier.notes, note];
  const settings = await decideOn(files, tier, prepared, { rejectShare: params.rejectShare, notes });
  // Files of a model that will be trained again would only take memory.
  return { settings, variants, files: prepared.refit ? null : files };
}

/**
 * Trains one tier, chooses temperature, thresholds and the rejection score on messages it has not seen, and then learns
 * from these too where they were taken out of training.
 * The artefact holds `model.onnx`, what prepares its input, and `decision.json`. Deterministic.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`; `MALFORMED_FILE` (encoder).
 */
export async function train(context: TrainContext, data: TrainingData, params: IntentParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const prepared = prepare(data, params);
  const { classes, several, fit, validation, strangers, outsiders } = prepared;
  const tier = await chooseTier(context, params);
  const task: EngineTask = { classes, several, examples: fit, outsiders, validation, params };
  const { settings, variants, files } = await decideFirst(context, tier, { prepared, task });
  const all = augmented([...fit, ...validation], variants, context.seed);
  const whole = { ...task, examples: all, outsiders: [...outsiders, ...strangers], validation: [] };
  const final = files ?? (await tier.fit(withDecision(context, { prepared, params }, settings), whole));
  return { ...final, 'decision.json': writeJson(settings) };
}
