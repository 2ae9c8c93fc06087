import { expect, it } from 'vitest';
import { model } from '../../models/financial-ner/index.js';
import { requireKnownRoutes } from './model-route.js';

it('refuses a setting for a route that no model has', () => {
  expect(() => requireKnownRoutes('MODEL_VARIANTS', { ner: 'int8' }, [model])).not.toThrow();
  const fault = {
    code: 'INVALID_CONFIG',
    message: expect.stringMatching(/^MODEL_VARIANTS: .* nr, known are ner/) as string,
  };
  expect(() => requireKnownRoutes('MODEL_VARIANTS', { nr: 'int8' }, [model])).toThrow(
    expect.objectContaining(fault) as Error,
  );
});
