import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { createRandom } from '../../numeric/random/index.js';
import type { Encoder } from './encoder.js';
import { hiddenSites } from './forward.js';
import type { AdamW } from './optimizer.js';
import type { FineTuningParams } from './params.js';
import { inBatches, openEncoderGraph, padBatch, type PaddedBatch } from './runtime.js';
import { buildScoringGraph, buildTrainingGraph, DROPOUT_ROWS, trainingInputs, type Head } from './training-graph.js';

/** One training sequence. */
export interface Example {
  /** (length,) piece ids. */
  readonly ids: Int32Array;
  /**
   * Writes the targets into a zeroed array: (classes,) at sequence level, (length, classes) at token level.
   * @returns the number of answers with targets.
   */
  readonly label: (into: Float32Array) => number;
}

/** Settings shared by all steps of a training. */
export interface StepSettings {
  readonly encoder: Encoder;
  readonly head: Head;
  readonly params: Pick<FineTuningParams, 'dropout' | 'maximumLength'>;
  readonly seed: number;
}

const float32Tensor = (data: Float32Array, ...dims: readonly number[]): Tensor => new Tensor('float32', data, dims);

const tensorOf = ({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }): Tensor =>
  float32Tensor(data, ...dims);

/** Draws rows of the mask table for every dropout position. @param key - step and part; the draw depends on seed and key. */
function dropoutRows(settings: StepSettings, { size, length }: PaddedBatch, key: string): Record<string, Tensor> {
  const { config } = settings.encoder;
  if (settings.params.dropout === 0) return {};
  const random = createRandom(settings.seed).fork(`dropout ${key}`);
  const draw = (...dims: readonly number[]): Tensor => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return new Tensor(
      'int32',
      Int32Array.from({ length: count }, () => random.integer(DROPOUT_ROWS)),
      dims,
    );
  };
  const tokens = size * length;
  return {
    [trainingInputs.hiddenRows]: draw(hiddenSites(config), tokens),
    [trainingInputs.attentionRows]: draw(config.layers, tokens * config.heads),
    [trainingInputs.headRows]: draw(settings.head.level === 'token' ? tokens : size),
  };
}

/** Computes gradients and scores. Weights and gradients stay in the optimiser's memory. */
export class TrainingStep {
  private readonly weights: Readonly<Record<string, Tensor>>;
  private readonly results: Readonly<Record<string, Tensor | null>>;

  private constructor(
    private readonly settings: StepSettings,
    private readonly training: { readonly session: InferenceSession; readonly loss: string },
    private readonly scoring: { readonly session: InferenceSession; readonly logits: string },
    arena: { readonly optimizer: AdamW; readonly gradients: ReadonlyMap<string, string> },
  ) {
    const { optimizer, gradients } = arena;
    const trained = optimizer.names.map((name) => [name, tensorOf(optimizer.weight(name))] as const);
    const { words } = settings.encoder.weights;
    this.weights = { ...Object.fromEntries(trained), [trainingInputs.words]: tensorOf(words) };
    const outputs = [...gradients].map(([name, output]) => [output, tensorOf(optimizer.gradient(name))] as const);
    this.results = { ...Object.fromEntries(outputs), [training.loss]: null };
  }

  /** Builds and opens the training and scoring graphs. */
  static async open(settings: StepSettings, optimizer: AdamW): Promise<TrainingStep> {
    const { encoder, head, params, seed } = settings;
    const trained = new Map(optimizer.names.map((name) => [name, optimizer.weight(name)]));
    const inputs = { config: encoder.config, positions: encoder.weights.positions, head, trained };
    const graph = buildTrainingGraph({ ...inputs, ...params, seed });
    const scores = buildScoringGraph(inputs);
    const training = { session: await openEncoderGraph(graph.bytes, { keepMemory: false }), loss: graph.loss };
    const scoring = { session: await openEncoderGraph(scores.bytes, { keepMemory: false }), logits: scores.logits };
    return new TrainingStep(settings, training, scoring, { optimizer, gradients: graph.gradients });
  }

  private pad(examples: readonly Example[]): PaddedBatch {
    const sequences = examples.map(({ ids }) => ids);
    return padBatch(sequences, this.settings.encoder.tokenizer.paddingId);
  }

  /** Number of answers of a batch: one per text, or one per piece, padding included. */
  private answersIn({ size, length }: PaddedBatch): number {
    return this.settings.head.level === 'token' ? size * length : size;
  }

  /**
   * Computes loss and gradients of one batch and writes the gradients into the optimiser's memory.
   * @param scale - one over the number of answers of the whole step.  @param key - seeds the dropout of this batch.
   * @returns the loss.
   */
  async gradients(examples: readonly Example[], scale: number, key: string): Promise<number> {
    const { head } = this.settings;
    const batch = this.pad(examples);
    const answers = this.answersIn(batch);
    const targets = new Float32Array(answers * head.classes);
    const share = targets.length / examples.length;
    examples.forEach((example, row) => example.label(targets.subarray(row * share, (row + 1) * share)));
    const results = await this.training.session.run(
      {
        ...this.weights,
        ...batch.feeds,
        ...dropoutRows(this.settings, batch, key),
        [trainingInputs.targets]: float32Tensor(targets, answers, head.classes),
        [trainingInputs.scale]: float32Tensor(Float32Array.of(scale)),
      },
      this.results,
    );
    return (results[this.training.loss]!.data as Float32Array)[0]!;
  }

  /** Scores examples with the current weights. @returns logits per example: (classes,) or (length, classes). */
  score(examples: readonly Example[], batchSize: number): Promise<Float32Array[]> {
    const sequences = examples.map(({ ids }) => ids);
    const { head } = this.settings;
    return inBatches(sequences, batchSize, async (positions) => {
      const batch = this.pad(positions.map((position) => examples[position]!));
      const results = await this.scoring.session.run({ ...this.weights, ...batch.feeds }, [this.scoring.logits]);
      const logits = results[this.scoring.logits]!.data as Float32Array;
      const share = logits.length / positions.length;
      return positions.map((position, row) => {
        const length = head.level === 'token' ? sequences[position]!.length * head.classes : share;
        return logits.slice(row * share, row * share + length);
      });
    });
  }

  async close(): Promise<void> {
    await this.training.session.release();
    await this.scoring.session.release();
  }
}
