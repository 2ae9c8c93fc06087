import { expect, it } from 'vitest';
import { deriveFeatures } from './request-features.js';

it.each([null, 0, 2.2e-309])('a ratio to %j is unknown', (amount) => {
  const application = { requestedAmount: 5e8, termMonths: 1, declaredMonthlyIncome: amount, collateralValue: amount };
  expect(deriveFeatures(application)).toEqual({ loanToValue: null, emiToIncome: null });
});
