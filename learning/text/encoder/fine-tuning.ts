import type { ComputeContext, TrainContext } from '../../../contracts/model-definition.js';
import { requireAtLeast } from '../../checks.js';
import { murmur3 } from '../../numeric/hash/murmur.js';
import { createRandom } from '../../numeric/random/index.js';
import { batchesOf, rateFactor } from './batches.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type TrainingProgress } from './checkpoint.js';
import type { Encoder } from './encoder.js';
import { AdamW } from './optimizer.js';
import type { FineTuningParams } from './params.js';
import type { NamedTensor } from './safetensors.js';
import type { Head } from './training-graph.js';
import { TrainingStep, type Example } from './training-step.js';

/** What training is lent; without a checkpoint it starts from the beginning every time. */
export type FineTuningContext = ComputeContext & {
  readonly checkpoint?: TrainContext['checkpoint'];
  /** Written into every checkpoint; `memoIn` finds it again. A few thousand characters. */
  readonly memo?: string;
};

/** Examples that training only looks at after each epoch, to keep the best one and to stop early. */
export interface ValidationExamples {
  readonly examples: readonly Example[];
  /** @param logits - an array an example.  @returns higher is better. */
  readonly score: (logits: readonly Float32Array[]) => number;
}

export interface FineTuningTask {
  readonly encoder: Encoder;
  readonly head: Head;
  readonly examples: readonly Example[];
  readonly validation: ValidationExamples | null;
  readonly params: FineTuningParams;
  /** Where the head begins; without it at small random weights. Computed unless a checkpoint goes on. */
  readonly startHead?: StartHead;
}

export interface StartHead {
  /** Tells checkpoints of different beginnings apart. */
  readonly name: string;
  readonly compute: () => Promise<ReadonlyMap<string, NamedTensor>>;
}

/** A fine-tuned encoder with its head. */
export interface EncoderModel {
  readonly encoder: Encoder;
  readonly head: Head;
  readonly maximumLength: number;
  /** By name, head included. */
  readonly trained: ReadonlyMap<string, NamedTensor>;
  /** What each epoch gave: mean training loss, validation score. */
  readonly history: TrainingProgress['history'];
}

/** Pieces, filling included, that go through the graph at once: a long batch is divided, so that memory has a limit. */
const PIECES_AT_ONCE = 512;

/** Divides a batch into parts of at most so many pieces; the sum of their gradients is the batch's. */
function divide(batch: readonly Example[]): readonly (readonly Example[])[] {
  const longest = batch.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  const parts = Math.ceil((batch.length * longest) / PIECES_AT_ONCE);
  const size = Math.ceil(batch.length / Math.min(parts, batch.length));
  return Array.from({ length: Math.ceil(batch.length / size) }, (_, i) => batch.slice(i * size, (i + 1) * size));
}

/** Texts scored at a time; larger batches only take more memory. */
const SCORED_AT_ONCE = 32;

/** A head of small random weights; the same seed gives the same ones. */
export function initialHead(hidden: number, classes: number, seed: number): Map<string, NamedTensor> {
  const random = createRandom(seed).fork('head');
  // As BERT's own initialiser_range.
  const data = Float32Array.from({ length: hidden * classes }, () => 0.02 * random.normal());
  return new Map([
    ['head.weight', { dims: [hidden, classes], data }],
    ['head.bias', { dims: [classes], data: new Float32Array(classes) }],
  ]);
}

/** Names a training by everything its result depends on. */
function fingerprintOf({ encoder, head, examples, params, startHead }: FineTuningTask, seed: number): string {
  const settings = [encoder.weightsSha256, head, params, seed, startHead?.name ?? null];
  let hash = murmur3(new TextEncoder().encode(JSON.stringify(settings)), 1);
  for (const { ids, label } of examples) {
    const targets = new Float32Array(head.level === 'token' ? ids.length * head.classes : head.classes);
    label(targets);
    hash = murmur3(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength), hash);
    hash = murmur3(new Uint8Array(targets.buffer), hash);
  }
  return `${examples.length}/${hash.toString(16)}`;
}

/** Of the rate of each weight over the highest: the head's is larger, lower layers' may be smaller. */
function rateShare(name: string, layers: number, { headFactor, layerDecay }: FineTuningParams): number {
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
  private readonly stepsAnEpoch: number;
  private batches: { readonly epoch: number; readonly list: readonly number[][] } | null = null;

  constructor(parts: TrainingParts) {
    const { task, fingerprint } = parts;
    const { examples, params } = task;
    this.task = task;
    this.context = parts.context;
    this.optimizer = parts.optimizer;
    this.step = parts.step;
    this.lengths = Int32Array.from(examples, ({ ids }) => ids.length);
    this.stepsAnEpoch = Math.ceil(Math.ceil(examples.length / params.batchSize) / params.accumulate);
    const memo = parts.context.memo ?? null;
    this.progress = { fingerprint, steps: 0, epochLoss: 0, history: [], best: null, stopped: false, memo };
  }

  private get total(): number {
    return this.stepsAnEpoch * this.task.params.epochs;
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
      await this.doStep();
      const done = this.progress.steps;
      const epochEnds = done % this.stepsAnEpoch === 0;
      if (epochEnds) await this.endEpoch(done / this.stepsAnEpoch);
      if (epochEnds || done % this.task.params.checkpointSteps === 0) await this.save();
      context.onProgress({ stage: 'fine-tuning', done, total: this.total });
    }
  }

  /** Indices of each batch of the step. */
  private batchesOfStep(): readonly number[][] {
    const { accumulate, batchSize } = this.task.params;
    const epoch = Math.floor(this.progress.steps / this.stepsAnEpoch);
    if (this.batches?.epoch !== epoch) {
      this.batches = { epoch, list: batchesOf(this.lengths, { batchSize, seed: this.context.seed, epoch }) };
    }
    const from = (this.progress.steps % this.stepsAnEpoch) * accumulate;
    return this.batches.list.slice(from, from + accumulate);
  }

  private async doStep(): Promise<void> {
    const { params, encoder, examples } = this.task;
    const batches = this.batchesOfStep().flatMap((batch) => divide(batch.map((index) => examples[index]!)));
    this.progress.epochLoss += await this.gradientsOf(batches);
    const { steps } = this.progress;
    const highest = params.learningRate ?? encoder.defaults.learningRate;
    const factor = highest * rateFactor(steps, this.total, params.warmup);
    const rate = (name: string): number => factor * rateShare(name, encoder.config.layers, params);
    this.optimizer.step({ rate, weightDecay: params.weightDecay, clipNorm: params.clipNorm });
    this.progress.steps = steps + 1;
  }

  /** Sums over the batches of a step; the result is that of one large batch. */
  private async gradientsOf(batches: readonly (readonly Example[])[]): Promise<number> {
    const scale = 1 / Math.max(1, this.answersIn(batches.flat()));
    let loss = 0;
    for (const [part, batch] of batches.entries()) {
      loss += await this.step.gradients(batch, scale, `${this.progress.steps}/${part}`);
      if (batches.length > 1) this.addGradients(part === 0);
    }
    if (batches.length > 1) this.optimizer.whole('gradients').set(this.optimizer.whole('sum'));
    return loss;
  }

  private addGradients(first: boolean): void {
    const [sum, part] = [this.optimizer.whole('sum'), this.optimizer.whole('gradients')];
    if (first) sum.set(part);
    else for (let i = 0; i < sum.length; i++) sum[i]! += part[i]!;
  }

  private answersIn(examples: readonly Example[]): number {
    const { level, classes } = this.task.head;
    if (level === 'sequence') return examples.length;
    return examples.reduce((sum, { ids, label }) => sum + label(new Float32Array(ids.length * classes)), 0);
  }

  private async endEpoch(epoch: number): Promise<void> {
    const score = await this.validate();
    const loss = this.progress.epochLoss / this.stepsAnEpoch;
    this.progress.history.push({ epoch, loss, score });
    this.progress.epochLoss = 0;
    if (score === null) return;
    const { best } = this.progress;
    if (!best || score > best.score) {
      this.progress.best = { epoch, score };
      this.optimizer.whole('best').set(this.optimizer.whole('weights'));
    }
    this.progress.stopped = epoch - this.progress.best!.epoch >= this.task.params.patience;
  }

  private async validate(): Promise<number | null> {
    const { validation } = this.task;
    if (!validation || validation.examples.length === 0) return null;
    return validation.score(await this.step.score(validation.examples, SCORED_AT_ONCE));
  }

  result(): EncoderModel {
    if (this.progress.best) this.optimizer.whole('weights').set(this.optimizer.whole('best'));
    const { encoder, head, params } = this.task;
    const trained = this.optimizer.names.map((name): [string, NamedTensor] => {
      const { dims, data } = this.optimizer.weight(name);
      return [name, { dims, data: data.slice() }];
    });
    const { history } = this.progress;
    return { encoder, head, maximumLength: params.maximumLength, trained: new Map(trained), history };
  }
}

/**
 * Fine-tunes encoder and head: AdamW with warm-up and linear decay (Devlin et al., 2019), batches of like length,
 * gradient clipping, early stopping. Interrupted and called again with what `checkpoint` saved, it ends with the same
 * weights, bit for bit. The same seed gives the same weights on the same kind of processor.
 * @throws PipelineError `TOO_FEW_ROWS` without examples, `NOT_FINITE` when the loss runs away.
 */
export async function fineTune(task: FineTuningTask, context: FineTuningContext): Promise<EncoderModel> {
  const { encoder, head, examples, params } = task;
  requireAtLeast('texts to fine-tune on', examples.length, 1);
  const fingerprint = fingerprintOf(task, context.seed);
  const checkpoint = await findCheckpoint(context, fingerprint);
  const begin = checkpoint ? undefined : await task.startHead?.compute();
  const headWeights = begin ?? initialHead(encoder.config.hidden, head.classes, context.seed);
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
