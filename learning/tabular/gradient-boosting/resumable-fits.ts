import type { TrainContext } from '../../../contracts/model-definition.js';
import type { FitContext, FitInputs } from '../../estimator.js';
import { murmur3 } from '../../numeric/hash/murmur.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { fitInRounds } from './gradient-boosting.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import type { GradientBoostingState } from './state.js';

/** The fits of one training, in the order in which they are made. */
export interface BoostingFits {
  /**
   * As `gradientBoosting.fit`, and the same state bit for bit. Trees that an interrupted attempt of the training has saved
   * are taken, and the grown ones saved whenever the checkpoint is due.
   */
  fit(params: unknown, x: Matrix, y: ArrayLike<number>, context: FitContext): Promise<GradientBoostingState>;
}

/** Where a fit belongs: the checkpoint is that of one step, which settles its rows, parameters and seed. */
function fingerprintOf(params: unknown, { x, y, context }: FitInputs): string {
  const numbers = Float64Array.from(y);
  const weights = Float64Array.from(context.weights ?? []);
  const text = new TextEncoder().encode(JSON.stringify([params, x.rows, x.cols, context.seed]));
  const parts = [text, new Uint8Array(numbers.buffer), new Uint8Array(weights.buffer)];
  return parts.reduce((hash, bytes) => murmur3(bytes, hash), 1).toString(16);
}

/**
 * Opens the fits of a training that make checkpoints of their trees.
 * @throws PipelineError `MALFORMED_FILE` for a damaged checkpoint.
 */
export async function openBoostingFits(checkpoint: TrainContext['checkpoint']): Promise<BoostingFits> {
  const bytes = await checkpoint.load();
  const saved = bytes === null ? [] : readCheckpoint(bytes);
  const made: { fingerprint: string; trees: GradientBoostingState['trees'][number][] }[] = [];
  return {
    async fit(params, x, y, context) {
      const inputs = { x, y, context };
      const fingerprint = fingerprintOf(params, inputs);
      const former = saved[made.length];
      const trees = former?.fingerprint === fingerprint ? [...former.trees] : [];
      made.push({ fingerprint, trees });
      const rounds = fitInRounds(params, inputs, [...trees]);
      for (;;) {
        const { done, value } = rounds.next();
        if (done === true) return value;
        trees.push(value);
        if (checkpoint.isDue()) await checkpoint.save(writeCheckpoint(made));
      }
    },
  };
}
