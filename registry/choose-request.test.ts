import { describe, expect, it } from 'vitest';
import type { PromotionRequest } from '../contracts/registry.js';
import { findOpenRequest, type RequestFilter } from './choose-request.js';

describe('findOpenRequest', () => {
  const request = (line: string, version: string): PromotionRequest => ({
    requestId: version,
    modelName: 'm',
    line,
    version,
    toStage: 'production',
    status: 'open',
    requestedBy: 'x',
    decidedBy: null,
    reason: null,
    workflowId: `promote-m-${line}-${version}`,
  });
  const [own, synthetic] = [request('default', '1.0.0'), request('synthetic', '1.0.1')];

  const find = (open: readonly PromotionRequest[], filter: Omit<RequestFilter, 'modelName'> = {}) =>
    findOpenRequest({ listPromotionRequests: () => Promise.resolve([...open]) }, { modelName: 'm', ...filter });

  it('finds the only one, or the one that line and version name', async () => {
    expect(await find([own])).toBe(own);
    expect(await find([own, synthetic], { line: 'synthetic' })).toBe(synthetic);
    expect(await find([own, synthetic], { version: '1.0.0' })).toBe(own);
  });

  it('refuses several and names them', async () => {
    const details = { modelName: 'm', candidates: ['default 1.0.0', 'synthetic 1.0.1'] };
    await expect(find([own, synthetic])).rejects.toMatchObject({ code: 'INVALID_INPUT', details });
  });

  it('refuses when none fits and names those that are open', async () => {
    await expect(find([])).rejects.toMatchObject({ code: 'REQUEST_NOT_FOUND', details: { candidates: [] } });
    await expect(find([synthetic], { line: 'default' })).rejects.toMatchObject({
      code: 'REQUEST_NOT_FOUND',
      message: 'no promotion of m with this line and version awaits approval; open: synthetic 1.0.1',
    });
  });
});
