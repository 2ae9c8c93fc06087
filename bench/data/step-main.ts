import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openBlobStore } from '../../platform/blobs/open.js';
import { createUsageMeter } from '../../platform/child-process/job-usage.js';
import { type DataStep, dataSteps, type StepCost } from './steps.js';

/*
 * A process of its own, so that CPU time and peak memory are those of one step, its start included:
 * `step-main <step> <folder of blobs> <hash of the snapshot>` prints one line of JSON, a `StepCost`.
 */

const [step, folder, snapshotHash] = process.argv.slice(2) as [DataStep, string, string];
const blobs = openBlobStore(pathToFileURL(folder).href, join(folder, 'cache'));
const hash = await dataSteps[step].run({ blobs, snapshotHash });
const { cpuSeconds, peakMemoryMb } = createUsageMeter().read();
const cost: StepCost = { cpuSeconds, peakMemoryMb, hash };
process.stdout.write(JSON.stringify(cost));
