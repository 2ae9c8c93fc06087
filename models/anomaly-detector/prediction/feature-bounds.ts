import { z } from 'zod';
import { transactionFields } from '../../../feature-store/definitions/transaction-context.js';
import type { FeatureField } from '../../../contracts/feature-view.js';

const fields: Readonly<Record<string, Omit<FeatureField, 'name'>>> = transactionFields;

const HOURS_A_DAY = 24;

const maximumOf = (name: string, unit: FeatureField['unit']): number => {
  if (name === 'hour') return HOURS_A_DAY;
  return unit === 'flag' || unit === 'share' ? 1 : Infinity;
};

/** A feature by name: sizes, counts and ratios are not negative, flags and shares at most 1; other files' are free. */
export function featureNumber(name: string): z.ZodNumber {
  const field = fields[name];
  if (field === undefined) return z.number();
  const bounded = z.number().min(0);
  const most = maximumOf(name, field.unit);
  return most === Infinity ? bounded : bounded.max(most);
}
