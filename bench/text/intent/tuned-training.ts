import { loadSet, measure } from './sets.js';

/*
 * A process of its own, so that its peak memory is that of a whole training through the product and of nothing else:
 * `tuned-training <data folder> <set> <seed>` prints one line of JSON, a `TunedTraining`.
 */

export interface TunedTraining {
  readonly metrics: Readonly<Record<string, number>>;
  readonly trainSeconds: number;
  /** Until the model is trained, its decision made and its sample answered. */
  readonly peakMb: number;
}

async function trainOnce(dataFolder: string, path: string, seed: number): Promise<TunedTraining> {
  const context = { dataFolder, onProgress: () => undefined };
  const set = await loadSet(context, path);
  const { predictor, metrics, trainSeconds, trainPeakMb } = await measure(set!, { engine: 'fine-tuned' }, seed);
  await predictor.close();
  return { metrics, trainSeconds, peakMb: trainPeakMb };
}

const [dataFolder, path, seed] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await trainOnce(dataFolder!, path!, Number(seed)))}\n`);
