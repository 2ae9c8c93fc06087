import type { TrainingData } from '../../../contracts/dataset.js';
import type { ArtefactFiles, TrainContext } from '../../../contracts/model-definition.js';
import { writeJson } from '../../../learning/artefact/index.js';
import { findEncoder } from '../../../learning/text/encoder/index.js';
import { type Example, prepare, type PreparedData } from '../data/examples.js';
import type { IntentParams } from '../params.js';
import type { Decision } from '../prediction/decision.js';
import { openEngine } from '../prediction/engine.js';
import { augment, type Augmentation, fitAugmented } from './augment.js';
import { loadDecision, withDecision } from './decision-checkpoint.js';
import { fineTunedEngine, frozenEngine } from './encoder-engine.js';
import type { EngineTask, FitEngine } from './engine.js';
import { fitDecision } from './fit-decision.js';
import { fitScratchEngine } from './scratch-engine.js';

/** The engine of a training. */
interface Tier {
  readonly engine: Decision['engine'];
  readonly fit: FitEngine;
  readonly notes: readonly string[];
}

const scratchTier = (notes: readonly string[]): Tier => ({ engine: 'from-scratch', fit: fitScratchEngine, notes });

async function chooseTier(context: TrainContext, params: IntentParams): Promise<Tier> {
  if (params.engine === 'from-scratch') return scratchTier([]);
  const encoder = await findEncoder(context, params.encoder);
  if (encoder === null) {
    const asked = `the ${params.engine} tier was asked for, but no encoder "${params.encoder}" is to be had`;
    return scratchTier([`${asked} (ENCODER_PATH of the running workers, cache, hub): trained from scratch instead`]);
  }
  const note = `encoder ${encoder.name}, weights ${encoder.weightsSha256.slice(0, 12)}`;
  const fit = params.engine === 'frozen' ? frozenEngine(encoder) : fineTunedEngine(encoder);
  return { engine: params.engine, fit, notes: [note] };
}

const textsOf = (examples: readonly Example[]): string[] => examples.map(({ text }) => text);

/** Fits the decision on the validation scores of a fitted engine. */
async function chooseDecision(
  files: ArtefactFiles,
  { engine }: Tier,
  prepared: PreparedData,
  { rejectShare, notes }: { readonly rejectShare: number; readonly notes: readonly string[] },
): Promise<Decision> {
  const opened = await openEngine(engine, files);
  try {
    const scores = await opened.scores(textsOf(prepared.validation));
    const outOfScope = await opened.scores(textsOf(prepared.outOfScopeValidation));
    return fitDecision(scores, outOfScope, { engine, prepared, rejectShare }, notes);
  } finally {
    await opened.close();
  }
}

/** Fits the engine without the validation messages; from scratch with the augmentation that gains. */
async function fitCandidate(context: TrainContext, tier: Tier, task: EngineTask): Promise<Augmentation> {
  if (tier.engine === 'from-scratch') return fitAugmented(context, task, tier.fit);
  return { variants: [], note: null, files: await tier.fit(context, task) };
}

/** Result of the fit without the validation messages; `files` is null when a refit follows. */
interface DecisionFit {
  readonly settings: Decision;
  readonly variants: Augmentation['variants'];
  readonly files: ArtefactFiles | null;
}

async function fitForDecision(
  context: TrainContext,
  tier: Tier,
  { prepared, task }: { readonly prepared: PreparedData; readonly task: EngineTask },
): Promise<DecisionFit> {
  const { params } = task;
  const stored = prepared.refit ? await loadDecision(context, { prepared, params }) : null;
  if (stored !== null) return { settings: stored, variants: [], files: null };
  const { variants, note, files } = await fitCandidate(context, tier, task);
  const notes = [...tier.notes, ...prepared.notes, ...(note === null ? [] : [note])];
  const settings = await chooseDecision(files, tier, prepared, { rejectShare: params.rejectShare, notes });
  // A refit replaces the files; keeping them would only take memory.
  return { settings, variants, files: prepared.refit ? null : files };
}

/**
 * Trains one tier: fits without the validation messages, chooses temperature, thresholds and rejection score on them,
 * and refits on all messages where `prepared.refit` is true. The artefact has `model.onnx`, the files that prepare its
 * input, and `decision.json`. Deterministic given the seed.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`; `MALFORMED_FILE` (encoder).
 */
export async function train(context: TrainContext, data: TrainingData, params: IntentParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const prepared = prepare(data, params);
  const { classes, multiLabel, fit, validation, outOfScopeValidation, outOfScopeTraining } = prepared;
  const tier = await chooseTier(context, params);
  const task: EngineTask = {
    classes,
    multiLabel,
    examples: fit,
    outOfScope: outOfScopeTraining,
    validation,
    params,
  };
  const { settings, variants, files } = await fitForDecision(context, tier, { prepared, task });
  const refitTask = {
    ...task,
    examples: augment([...fit, ...validation], variants, context.seed),
    outOfScope: [...outOfScopeTraining, ...outOfScopeValidation],
    validation: [],
  };
  const final = files ?? (await tier.fit(withDecision(context, { prepared, params }, settings), refitTask));
  return { ...final, 'decision.json': writeJson(settings) };
}
