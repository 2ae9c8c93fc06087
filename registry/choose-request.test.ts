import { describe, expect, it } from 'vitest';
import type { PromotionRequest } from '../contracts/registry.js';
import { chooseRequest } from './choose-request.js';

describe('chooseRequest', () => {
  const request = (version: string): PromotionRequest => ({
    requestId: version,
    modelName: 'm',
    line: 'default',
    version,
    toStage: 'production',
    status: 'open',
    requestedBy: 'x',
    decidedBy: null,
    reason: null,
    workflowId: `promote-m-default-${version}`,
  });

  it('refuses none and several', () => {
    expect(chooseRequest([request('1.0.0')], 'm').version).toBe('1.0.0');
    expect(() => chooseRequest([], 'm')).toThrow(expect.objectContaining({ code: 'REQUEST_NOT_FOUND' }) as Error);
    expect(() => chooseRequest([request('1.0.0'), request('1.0.1')], 'm')).toThrow(
      expect.objectContaining({ details: { modelName: 'm', candidates: ['default 1.0.0', 'default 1.0.1'] } }) as Error,
    );
  });
});
