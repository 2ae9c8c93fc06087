import type { LossPoint } from './learning-curve.js';

/** What the caller lends to a computation, so that it does no I/O and has no clock or chance of its own. */
export interface ComputeContext {
  readonly seed: number;
  /** Aborted on cancellation; check between rounds with `signal.throwIfAborted()`. */
  readonly signal: AbortSignal;
  /** @param done - finished steps of `total`; cheap, may be called each round. */
  onProgress(progress: { readonly stage: string; readonly done: number; readonly total: number }): void;
  /** Told the loss after each step of an iterative fit; absent: nobody asks, and it is not computed. */
  readonly onLoss?: ((point: LossPoint) => void) | undefined;
}

/** Named files of one artefact: ONNX graphs, JSON, flat typed arrays. Nothing executable. */
export type ArtefactFiles = Readonly<Record<string, Uint8Array>>;
