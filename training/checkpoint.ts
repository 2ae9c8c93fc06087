import type { TrainContext } from '../contracts/model-definition.js';
import type { CheckpointStore } from '../platform/blobs/blob-store.js';

/** What an interruption costs at most, as long as saving is quick. */
const LEAST_MS = 1000;
/** Computing goes on for this multiple of a save's duration before the next one, so that saving takes at most 2 %. */
const PAUSE_FACTOR = 50;

/**
 * The checkpoint of one step. It is due one second after the last save, later where saving takes long, as in a distant
 * store: the duration is counted from the moment at which it was found due, so that writing down the state counts too.
 * @param now - milliseconds of a clock that never goes back.
 */
export function openCheckpoint(
  store: CheckpointStore,
  key: string,
  now: () => number = () => performance.now(),
): TrainContext['checkpoint'] {
  let dueAt = now() + LEAST_MS;
  let began: number | null = null;
  return {
    load: () => store.load(key),
    async save(bytes) {
      began ??= now();
      await store.save(key, bytes);
      const ended = now();
      dueAt = ended + Math.max(LEAST_MS, PAUSE_FACTOR * (ended - began));
      began = null;
    },
    isDue() {
      if (now() < dueAt) return false;
      began = now();
      return true;
    },
  };
}
