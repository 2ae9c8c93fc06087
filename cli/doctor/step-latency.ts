import type { Config } from '../../platform/config/config.js';
import { runningState } from '../../platform/embedded/ensure.js';
import { latencySettings } from '../../platform/embedded/temporal/server-settings.js';
import type { StepLatency } from '../../platform/temporal/measure-steps.js';
import type { Facts } from './finding.js';

const STEPS = 40;
/** A server that polls at its default rate needs about 100 ms a step, one with the settings about 20. */
const SLOW_STEP_MS = 50;

/**
 * Measures on the server that runs how long one step of a workflow takes, with a workflow that does nothing.
 * Rejects when no server runs.
 */
export async function examineSteps(config: Config): Promise<Facts> {
  const address = config.temporal.address ?? runningState(config.home)?.endpoints?.temporal.address;
  if (address === undefined) throw new Error('no Temporal server runs');
  const [{ connectTemporal }, { measureSteps }] = await Promise.all([
    import('../../platform/temporal/client.js'),
    import('../../platform/temporal/measure-steps.js'),
  ]);
  const client = await connectTemporal({ ...config.temporal, address });
  try {
    const latency = await measureSteps(client, STEPS);
    return { found: describeLatency(latency), where: address, version: '-', advice: adviceFor(latency) };
  } finally {
    await client.connection.close();
  }
}

/** `40 steps took 0.8 s, median 17 ms`. */
export const describeLatency = ({ steps, totalMs, medianMs, eager }: StepLatency): string =>
  `${steps} steps took ${(totalMs / 1000).toFixed(1)} s, median ${Math.round(medianMs)} ms${eager ? '' : ', none eager'}`;

/** The settings that are missing on the measured server; empty when it is fast. */
export function adviceFor({ medianMs, eager }: StepLatency): string {
  const { transferPolls, timerPolls, eagerSteps } = latencySettings;
  const missing = [
    ...(medianMs > SLOW_STEP_MS ? [`${transferPolls}=1000`, `${timerPolls}=1000`] : []),
    ...(eager ? [] : [`${eagerSteps}=true`]),
  ];
  return missing.length === 0 ? '' : `faster with ${missing.join(', ')} on the server (docs/operations.md)`;
}
