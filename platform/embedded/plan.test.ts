import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { type PlanContext, planOrchestrator } from './plan.js';

const pingTemporal = vi.hoisted(() => vi.fn<() => Promise<void>>());
vi.mock('../temporal/ping.js', () => ({ pingTemporal }));

const temporal = { address: 'server:7233', namespace: 'bank', tls: null, apiKey: null, cliPath: null };
const context = { config: { temporal } } as unknown as PlanContext;
const missing = new PipelineError('INVALID_CONFIG', 'no namespace "bank"', { setting: 'TEMPORAL_NAMESPACE' });

describe('a Temporal server of TEMPORAL_ADDRESS', () => {
  beforeEach(() => {
    pingTemporal.mockReset();
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    return () => vi.useRealTimers();
  });

  it('is waited for while it answers and its setup has not made the namespace yet', async () => {
    pingTemporal.mockRejectedValueOnce(missing).mockRejectedValueOnce(missing).mockResolvedValue();
    const planned = planOrchestrator(context);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await planned).toMatchObject({ start: null, address: { address: 'server:7233' } });
    expect(pingTemporal).toHaveBeenCalledTimes(3);
  });

  it('without the namespace for the whole patience ends with the setting that names it', async () => {
    pingTemporal.mockRejectedValue(missing);
    const planned = expect(planOrchestrator(context)).rejects.toBe(missing);
    await vi.advanceTimersByTimeAsync(30_000);
    await planned;
  });

  it('that refuses this client ends the start at once', async () => {
    const refused = new PipelineError('SERVICE_REFUSED', 'certificate required');
    pingTemporal.mockRejectedValue(refused);
    await expect(planOrchestrator(context)).rejects.toBe(refused);
    expect(pingTemporal).toHaveBeenCalledTimes(1);
  });
});
