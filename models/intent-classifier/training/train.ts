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
import { crossFitScratch } from './cross-fit-scratch.js';
import { fineTunedEngine, frozenEngine } from './encoder-engine.js';
import {
  type CrossFit,
  type CrossFitEngine,
  type EngineTask,
  type FitEngine,
  textsOf,
  type ValidationScores,
} from './engine.js';
import { fitDecision } from './fit-decision.js';
import { fitScratchEngine } from './scratch-engine.js';
import { validationQuality } from './validation-quality.js';

/** The engine of a training. */
interface Tier {
  readonly engine: Decision['engine'];
  readonly fit: FitEngine;
  /** Absent: nothing is chosen, and the first fold is fitted once. */
  readonly crossFit?: CrossFitEngine;
  readonly notes: readonly string[];
}

const scratchTier = (notes: readonly string[]): Tier => ({
  engine: 'from-scratch',
  fit: fitScratchEngine,
  crossFit: crossFitScratch,
  notes,
});

async function chooseTier(context: TrainContext, params: IntentParams): Promise<Tier> {
  if (params.engine === 'from-scratch') return scratchTier([]);
  const encoder = await findEncoder(context, params.encoder);
  if (encoder === null) {
    const asked = `the ${params.engine} tier was asked for, but no encoder "${params.encoder}" is to be had`;
    return scratchTier([`${asked} (ENCODER_PATH of the running workers, cache, hub): trained from scratch instead`]);
  }
  const notes = [`encoder ${encoder.name}, weights ${encoder.weightsSha256.slice(0, 12)}`];
  if (params.engine === 'fine-tuned') return { engine: 'fine-tuned', fit: fineTunedEngine(encoder), notes };
  const { fit, crossFit } = frozenEngine(encoder);
  // The scores of an int8 graph are those of the graph itself, not of the embeddings that were fitted on.
  return { engine: 'frozen', fit, ...(params.precision === 'fp32' && { crossFit }), notes };
}

/** Scores of the validation messages by an artefact. */
async function scoreFold(
  files: ArtefactFiles,
  { engine }: Pick<Tier, 'engine'>,
  validation: readonly Example[],
  outOfScope: readonly Example[],
): Promise<ValidationScores> {
  const opened = await openEngine(engine, files);
  try {
    const scores = await opened.scores(textsOf(validation));
    const rows = validation.map((example, i) => ({ example, scores: scores[i]! }));
    return { rows, outOfScope: await opened.scores(textsOf(outOfScope)) };
  } finally {
    await opened.close();
  }
}

/** A training with what the folds have chosen. */
interface Candidate {
  readonly tier: Tier;
  readonly params: IntentParams;
  readonly variants: Augmentation['variants'];
  readonly notes: readonly string[];
  /** Files of the first fold's model. */
  readonly files: ArtefactFiles;
  readonly validation: ValidationScores;
  readonly growth: CrossFit['growth'];
}

/** Data and parameters of a training. */
interface Training {
  readonly prepared: PreparedData;
  readonly params: IntentParams;
}

const taskOf = ({ prepared, params }: Training): EngineTask => {
  const { classes, multiLabel, folds, outOfScopeTraining } = prepared;
  const [{ fit, validation }] = folds;
  return { classes, multiLabel, examples: fit, outOfScope: outOfScopeTraining, validation, params };
};

/** The first fold's model validated once, where nothing is chosen. */
async function validateOnce(context: TrainContext, tier: Tier, training: Training): Promise<CrossFit> {
  const { prepared, params } = training;
  const files = await tier.fit(context, taskOf(training));
  const scored = await scoreFold(files, tier, prepared.folds[0].validation, prepared.outOfScopeValidation);
  return { ...scored, params, growth: null, note: null, firstFit: () => Promise.resolve(files) };
}

/** The tier that was asked for, or from scratch where that is better on the same validation messages. */
async function chooseCrossFit(
  context: TrainContext,
  asked: Tier,
  { prepared, params }: Training,
): Promise<{ readonly tier: Tier; readonly crossFit: CrossFit }> {
  const crossFit = await (asked.crossFit ?? validateOnceBy(asked))(context, prepared, params);
  if (asked.engine !== 'frozen' || params.tierChoice === 'asked') return { tier: asked, crossFit };
  const rival = await crossFitScratch(context, prepared, params);
  const [own, other] = [validationQuality(crossFit.rows, prepared), validationQuality(rival.rows, prepared)];
  if (own >= other) return { tier: asked, crossFit };
  const percent = (quality: number): string => `${(100 * quality).toFixed(1)} %`;
  const measure = prepared.multiLabel ? 'micro F1' : 'accuracy';
  const note = `trained from scratch: on validation ${measure} ${percent(other)}, on the frozen encoder ${percent(own)}`;
  return { tier: scratchTier([...asked.notes, note]), crossFit: rival };
}

const validateOnceBy =
  (tier: Tier): CrossFitEngine =>
  (context, prepared, params) =>
    validateOnce(context, tier, { prepared, params });

/** Scores of every fold's validation messages by models with augmentation. @param files - the first fold's model. */
async function validateAugmented(
  context: TrainContext,
  tier: Tier,
  { prepared, params }: Training,
  { variants, files }: Augmentation,
): Promise<ValidationScores> {
  const outOfScope = [...prepared.outOfScopeTraining, ...prepared.outOfScopeValidation];
  const scored: ValidationScores[] = [];
  for (const [i, { fit, validation }] of prepared.folds.entries()) {
    const examples = augment(fit, variants, context.seed);
    const own = i === 0 ? files : await tier.fit(context, { ...taskOf({ prepared, params }), examples });
    scored.push(await scoreFold(own, tier, validation, outOfScope));
  }
  return { rows: scored.flatMap(({ rows }) => rows), outOfScope: scored.flatMap((fold) => fold.outOfScope) };
}

/** Chooses tier, hyper-parameters and, from scratch, the augmentation that gains. */
async function chooseCandidate(context: TrainContext, asked: Tier, training: Training): Promise<Candidate> {
  const { prepared } = training;
  const { tier, crossFit } = await chooseCrossFit(context, asked, training);
  const { params, growth, firstFit } = crossFit;
  const notes = [...tier.notes, ...prepared.notes, ...(crossFit.note === null ? [] : [crossFit.note])];
  const plain = { tier, params, variants: [], notes, validation: crossFit, growth };
  if (tier.engine !== 'from-scratch') return { ...plain, files: await firstFit() };
  const chosen = { prepared, params };
  const augmentation = await fitAugmented(context, taskOf(chosen), tier.fit, firstFit);
  const { variants, note, files } = augmentation;
  if (note === null) return { ...plain, files };
  const validation = await validateAugmented(context, tier, chosen, augmentation);
  return { ...plain, variants, notes: [...notes, note], files, validation };
}

/** Result of the fits on the folds; `files` is null when a refit follows. */
interface DecisionFit extends Pick<Candidate, 'tier' | 'params' | 'variants'> {
  readonly settings: Decision;
  readonly files: ArtefactFiles | null;
}

async function fitForDecision(context: TrainContext, asked: Tier, training: Training): Promise<DecisionFit> {
  const { prepared, params } = training;
  const stored = prepared.refit ? await loadDecision(context, training) : null;
  if (stored !== null) return { tier: asked, params, variants: [], settings: stored, files: null };
  const { validation, growth, files, notes, ...chosen } = await chooseCandidate(context, asked, training);
  const task = { engine: chosen.tier.engine, prepared, rejectShare: params.rejectShare, growth };
  // A refit replaces the files; keeping them would only take memory.
  return { ...chosen, settings: fitDecision(validation, task, notes), files: prepared.refit ? null : files };
}

/**
 * Trains one tier: fits without the validation messages, chooses hyper-parameters, temperature, thresholds and rejection
 * score on them, and refits on all messages where `prepared.refit` is true. Small sets validate each message once, by a
 * model that was fitted without it. The artefact has `model.onnx`, the files that prepare its input, and `decision.json`.
 * Deterministic given the seed.
 * @throws PipelineError `TOO_FEW_ROWS`, `SINGLE_CLASS`, `MISSING_COLUMN`, `INVALID_VALUE`; `MALFORMED_FILE` (encoder).
 */
export async function train(context: TrainContext, data: TrainingData, params: IntentParams): Promise<ArtefactFiles> {
  context.signal.throwIfAborted();
  const prepared = prepare(data, params);
  const asked = await chooseTier(context, params);
  const { tier, settings, variants, files, ...chosen } = await fitForDecision(context, asked, { prepared, params });
  const [{ fit, validation }] = prepared.folds;
  const refitTask = {
    ...taskOf({ prepared, params: chosen.params }),
    examples: augment([...fit, ...validation], variants, context.seed),
    outOfScope: [...prepared.outOfScopeTraining, ...prepared.outOfScopeValidation],
    validation: [],
  };
  const final = files ?? (await tier.fit(withDecision(context, { prepared, params }, settings), refitTask));
  return { ...final, 'decision.json': writeJson(settings) };
}
