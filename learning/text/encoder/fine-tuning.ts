import type { ComputeContext, TrainContext } from '../../../contracts/model-definition.js';
import { requireAtLeast } from '../../checks.js';
import { murmur3 } from '../../numeric/hash/murmur.js';
import { createRandom } from '../../numeric/random/index.js';
import { sum } from '../../numeric/statistics/sum.js';
import { epochBatches, scheduleFactor } from './batches.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type TrainingProgress } from './checkpoint.js';
import type { Encoder } from './encoder.js';
import { AdamW } from './optimizer.js';
import type { FineTuningParams } from './params.js';
import type { NamedTensor } from './safetensors.js';
import type { Head } from './training-graph.js';
import { TrainingStep, type Example } from './training-step.js';

/** Context of fine-tuning. Without a checkpoint store every training starts from the beginning. */
export type FineTuningContext = ComputeContext & {
  readonly checkpoint?: Pick<TrainContext['checkpoint'], 'load' | 'save'>;
  /** Stored in every checkpoint and read back by `callerStateIn`; up to a few thousand characters. */
  readonly callerState?: string;
};

/** Examples scored after each epoch, to select the best epoch and to stop early. */
export interface ValidationExamples {
  readonly examples: readonly Example[];
  /** @param logits - one array per example.  @returns a score; higher is better. */
  readonly score: (logits: readonly Float32Array[]) => number;
}

/** Inputs of one fine-tuning run. */
export interface FineTuningTask {
  readonly encoder: Encoder;
  readonly head: Head;
  readonly examples: readonly Example[];
  readonly validation: ValidationExamples | null;
  readonly params: FineTuningParams;
  /** Initial head; without it small random weights. Not computed when training resumes from a checkpoint. */
  readonly startHead?: StartHead;
}

/** An initial head other than random weights. */
export interface StartHead {
  /** Part of the checkpoint's fingerprint. */
  readonly name: string;
  readonly compute: () => Promise<ReadonlyMap<string, NamedTensor>>;
}

/** A fine-tuned encoder with its head. */
export interface EncoderModel {
  readonly encoder: Encoder;
  readonly head: Head;
  readonly maximumLength: number;
  /** Trained weights by name, head included. */
  readonly trained: ReadonlyMap<string, NamedTensor>;
  /** Mean training loss and validation score of each epoch. */
  readonly history: TrainingProgress['history'];
}

/** Maximum number of pieces, padding included, per run of the graph: bounds memory. */
const MAXIMUM_PIECES = 512;

/** Splits a batch into parts of at most `MAXIMUM_PIECES` pieces; their gradients add up to the batch's. */
function splitBatch(batch: readonly Example[]): readonly (readonly Example[])[] {
  const longest = batch.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  const parts = Math.ceil((batch.length * longest) / MAXIMUM_PIECES);
  const size = Math.ceil(batch.length / Math.min(parts, batch.length));
  return Array.from({ length: Math.ceil(batch.length / size) }, (_, i) => batch.slice(i * size, (i + 1) * size));
}

/** Texts per scoring batch; larger batches take more memory without saving time. */
const SCORING_BATCH_SIZE = 32;

/** A head of small random weights. Deterministic given the seed. @returns (hidden, classes) weights and (classes,) bias. */
export function initialHead(hidden: number, classes: number, seed: number): Map<string, NamedTensor> {
  const random = createRandom(seed).fork('head');
  // BERT's initializer_range.
  const data = Float32Array.from({ length: hidden * classes }, () => 0.02 * random.normal());
  return new Map([
    ['head.weight', { dims: [hidden, classes], data }],
    ['head.bias', { dims: [classes], data: new Float32Array(classes) }],
  ]);
}

/** Hash of everything that the result of a training depends on. */
function fingerprintOf({ encoder, head, examples, params, startHead }: FineTuningTask, seed: number): string {
  const { level, multiLabel, classes } = head;
  // Existing checkpoints were hashed with these names.
  const hashedHead = { level, choice: multiLabel ? 'many' : 'one', classes };
  const settings = [encoder.weightsSha256, hashedHead, params, seed, startHead?.name ?? null];
  let hash = murmur3(new TextEncoder().encode(JSON.stringify(settings)), 1);
  for (const { ids, label } of examples) {
    const targets = new Float32Array(head.level === 'token' ? ids.length * head.classes : head.classes);
    label(targets);
    hash = murmur3(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength), hash);
    hash = murmur3(new Uint8Array(targets.buffer), hash);
  }
  return `${examples.length}/${hash.toString(16)}`;
}

/** Factor of a weight's learning rate: `headFactor` for the head, `layerDecay` per layer below the top. */
function learningRateFactor(name: string, layers: number, { headFactor, layerDecay }: FineTuningParams): number {
  if (name.startsWith('head')) return headFactor;
  const layer = /^layer\.(\d+)\./.exec(name);
  return layerDecay ** (layers - (layer ? Number(layer[1]) + 1 : 0));
}

async function findCheckpoint(context: FineTuningContext, fingerprint: string): Promise<Checkpoint | null> {
  const bytes = await context.checkpoint?.load();
  return bytes ? readCheckpoint(bytes, fingerprint) : null;
}

interface TrainingParts {
  readonly task: FineTuningTask;
  readonly context: FineTuningContext;
  readonly optimizer: AdamW;
  readonly step: TrainingStep;
  readonly fingerprint: string;
}

class FineTuning {
  private readonly task: FineTuningTask;
  private readonly context: FineTuningContext;
  private readonly optimizer: AdamW;
  private readonly step: TrainingStep;
  private progress: TrainingProgress;
  private readonly lengths: Int32Array;
  private readonly stepsPerEpoch: number;
  private batches: { readonly epoch: number; readonly list: readonly number[][] } | null = null;

  constructor(parts: TrainingParts) {
    const { task, fingerprint } = parts;
    const { examples, params } = task;
    this.task = task;
    this.context = parts.context;
    this.optimizer = parts.optimizer;
    this.step = parts.step;
    this.lengths = Int32Array.from(examples, ({ ids }) => ids.length);
    this.stepsPerEpoch = Math.ceil(Math.ceil(examples.length / params.batchSize) / params.accumulate);
    const callerState = parts.context.callerState ?? null;
    this.progress = { fingerprint, steps: 0, epochLoss: 0, history: [], best: null, stopped: false, memo: callerState };
  }

  private get total(): number {
    return this.stepsPerEpoch * this.task.params.epochs;
  }

  resume({ state, arrays }: Checkpoint): void {
    this.progress = state;
    this.optimizer.restore(state.steps, arrays);
  }

  private async save(): Promise<void> {
    await this.context.checkpoint?.save(writeCheckpoint(this.progress, this.optimizer));
  }

  async run(): Promise<void> {
    const { context } = this;
    while (!this.progress.stopped && this.progress.steps < this.total) {
      context.signal.throwIfAborted();
      await this.runStep();
      const done = this.progress.steps;
      const epochEnds = done % this.stepsPerEpoch === 0;
      if (epochEnds) await this.endEpoch(done / this.stepsPerEpoch);
      if (epochEnds || done % this.task.params.checkpointSteps === 0) await this.save();
      context.onProgress({ stage: 'fine-tuning', done, total: this.total });
    }
  }

  /** Example indices of each batch of the current step. */
  private batchesOfStep(): readonly number[][] {
    const { accumulate, batchSize } = this.task.params;
    const epoch = Math.floor(this.progress.steps / this.stepsPerEpoch);
    if (this.batches?.epoch !== epoch) {
      this.batches = { epoch, list: epochBatches(this.lengths, { batchSize, seed: this.context.seed, epoch }) };
    }
    const firstBatch = (this.progress.steps % this.stepsPerEpoch) * accumulate;
    return this.batches.list.slice(firstBatch, firstBatch + accumulate);
  }

  private async runStep(): Promise<void> {
    const { params, encoder, examples } = this.task;
    const batches = this.batchesOfStep().flatMap((batch) => splitBatch(batch.map((index) => examples[index]!)));
    this.progress.epochLoss += await this.gradientsOf(batches);
    const { steps } = this.progress;
    const peakRate = params.learningRate ?? encoder.defaults.learningRate;
    const factor = peakRate * scheduleFactor(steps, this.total, params.warmup);
    const rate = (name: string): number => factor * learningRateFactor(name, encoder.config.layers, params);
    this.optimizer.step({ rate, weightDecay: params.weightDecay, clipNorm: params.clipNorm });
    this.progress.steps = steps + 1;
  }

  /** Gradients summed over the batches of a step. @returns the step's loss. */
  private async gradientsOf(batches: readonly (readonly Example[])[]): Promise<number> {
    const scale = 1 / Math.max(1, this.answersIn(batches.flat()));
    let loss = 0;
    for (const [part, batch] of batches.entries()) {
      loss += await this.step.gradients(batch, scale, `${this.progress.steps}/${part}`);
      if (batches.length > 1) this.addGradients(part === 0);
    }
    if (batches.length > 1) this.optimizer.region('gradients').set(this.optimizer.region('sum'));
    return loss;
  }

  private addGradients(first: boolean): void {
    const [total, part] = [this.optimizer.region('sum'), this.optimizer.region('gradients')];
    if (first) total.set(part);
    else for (let i = 0; i < total.length; i++) total[i]! += part[i]!;
  }

  private answersIn(examples: readonly Example[]): number {
    const { level, classes } = this.task.head;
    if (level === 'sequence') return examples.length;
    return sum(examples.map(({ ids, label }) => label(new Float32Array(ids.length * classes))));
  }

  private async endEpoch(epoch: number): Promise<void> {
    const score = await this.validate();
    const loss = this.progress.epochLoss / this.stepsPerEpoch;
    this.progress.history.push({ epoch, loss, score });
    this.progress.epochLoss = 0;
    if (score === null) return;
    const { best } = this.progress;
    if (!best || score > best.score) {
      this.progress.best = { epoch, score };
      this.optimizer.region('best').set(this.optimizer.region('weights'));
    }
    this.progress.stopped = epoch - this.progress.best!.epoch >= this.task.params.patience;
  }

  private async validate(): Promise<number | null> {
    const { validation } = this.task;
    if (!validation || validation.examples.length === 0) return null;
    return validation.score(await this.step.score(validation.examples, SCORING_BATCH_SIZE));
  }

  result(): EncoderModel {
    if (this.progress.best) this.optimizer.region('weights').set(this.optimizer.region('best'));
    const { encoder, head, params } = this.task;
    const trained = this.optimizer.names.map((name): [string, NamedTensor] => {
      const { dims, data } = this.optimizer.weight(name);
      return [name, { dims, data: data.slice() }];
    });
    const { history } = this.progress;
    // Here and not after each epoch, so that a resumed training tells the epochs before as well.
    for (const { epoch, loss } of history) this.context.onLoss?.({ stage: 'fine-tuning', step: epoch, loss });
    return { encoder, head, maximumLength: params.maximumLength, trained: new Map(trained), history };
  }
}

/**
 * Fine-tunes encoder and head: AdamW with warm-up and linear decay (Devlin et al. 2019), batches of similar length,
 * gradient clipping, early stopping. Resuming from a checkpoint gives the same weights, bit for bit, as an uninterrupted
 * run. Deterministic given the seed on one type of processor.
 * @throws PipelineError `TOO_FEW_ROWS` without examples, `NOT_FINITE` when training diverges.
 */
export async function fineTune(task: FineTuningTask, context: FineTuningContext): Promise<EncoderModel> {
  const { encoder, head, examples, params } = task;
  requireAtLeast('texts to fine-tune on', examples.length, 1);
  const fingerprint = fingerprintOf(task, context.seed);
  const checkpoint = await findCheckpoint(context, fingerprint);
  const startHead = checkpoint ? undefined : await task.startHead?.compute();
  const headWeights = startHead ?? initialHead(encoder.config.hidden, head.classes, context.seed);
  const optimizer = new AdamW(new Map([...encoder.weights.trained(), ...headWeights]));
  const step = await TrainingStep.open({ encoder, head, params, seed: context.seed }, optimizer);
  try {
    const training = new FineTuning({ task, context, optimizer, step, fingerprint });
    if (checkpoint) training.resume(checkpoint);
    await training.run();
    return training.result();
  } finally {
    await step.close();
  }
}
