import { DAY_MS } from '../learning/time-series/calendar/index.js';
import { PipelineError } from '../contracts/errors.js';
import {
  checkParityInput,
  type ParityActivities,
  recordParityInput,
  replayReadsInput,
} from '../contracts/feature-parity.js';
import { alertOfParity } from '../monitoring/parity/parity-alerts.js';
import type { ParityActivityDeps } from './dependencies.js';
import { parse } from './parse.js';
import { resolveSource } from './resolve-line.js';
import { runJob } from './run-job.js';

export const createParityActivities = (deps: ParityActivityDeps): ParityActivities => ({
  async planParity(input) {
    const { source: named, since: from } = parse(checkParityInput, input);
    const source = await resolveSource(deps, { source: named, snapshotHash: null });
    const until = Date.now();
    const since = from === null ? until - DAY_MS : Date.parse(from);
    if (since >= until)
      throw new PipelineError('INVALID_INPUT', `since: ${from!} is not before now`, { field: 'since', found: from! });
    return { source, since, until, heartbeatTimeoutMs: deps.config.heartbeatTimeoutSeconds * 1000 };
  },

  async replayReads(input) {
    const check = parse(replayReadsInput, input);
    const written = await deps.featureStatistics.materialisations(check.source);
    return runJob(deps, 'replayFeatureReads', { ...check, written: [...written] });
  },

  async recordParity(input) {
    const { runKey, result } = parse(recordParityInput, input);
    await deps.parityLog.record(runKey, result);
    await alertOfParity(deps.alerts, result);
  },
});
