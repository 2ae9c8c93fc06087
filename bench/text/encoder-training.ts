import { fineTuningParams, loadEncoder, trainSequenceClassifier } from '../../learning/text/encoder/index.js';
import { readEncoderFolder } from '../../platform/encoders/folder.js';
import { cpuSince } from '../support/cpu.js';
import { trainingContext } from '../support/training-context.js';
import { readClincTraining, type EncoderTexts } from './encoder-data.js';

/*
 * A process of its own, so that its peak memory is that of a training and of nothing else:
 * `encoder-training <encoder folder> <data folder> <steps>` prints one line of JSON, a `TrainingCost`.
 */

export interface TrainingCost {
  readonly cpuSecondsPerStep: number;
  readonly peakMb: number;
}

const BATCH = 32;
/** Steps before the clock starts: the runtime optimises the graphs, memory grows. */
const WARM = 5;

/** Texts at equal distances: all intents are there, and lengths are as in the whole. */
function sampleOf({ texts, labels }: EncoderTexts, count: number): EncoderTexts {
  const stride = Math.floor(texts.length / count);
  const rows = Array.from({ length: count }, (_, i) => i * stride);
  return { texts: rows.map((row) => texts[row]!), labels: rows.map((row) => labels[row]!) };
}

async function measure(encoderFolder: string, dataFolder: string, steps: number): Promise<TrainingCost> {
  const encoder = loadEncoder(await readEncoderFolder(encoderFolder, 'encoder'));
  const all = readClincTraining(dataFolder);
  const train = sampleOf(all, steps * BATCH);
  let since = process.cpuUsage();
  let perStep = 0;
  const onProgress = ({ done, total }: { done: number; total: number }): void => {
    if (done === WARM) since = process.cpuUsage();
    // The last report comes after the epoch's validation and checkpoint, which are no step.
    else if (done < total) perStep = cpuSince(since) / (done - WARM);
  };
  const params = fineTuningParams.parse({ epochs: 1, batchSize: BATCH, checkpointSteps: 1000 });
  const task = { train, validation: sampleOf(all, 1500), classes: 150, params };
  await trainSequenceClassifier(encoder, task, trainingContext(1, { onProgress }));
  return { cpuSecondsPerStep: perStep, peakMb: process.resourceUsage().maxRSS / 1024 };
}

const [encoderFolder, dataFolder, steps] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await measure(encoderFolder!, dataFolder!, Number(steps)))}\n`);
