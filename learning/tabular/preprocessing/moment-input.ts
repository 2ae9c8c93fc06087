import { z } from 'zod';
import { jsonSchemaRules, MOMENT } from '../../../contracts/json-schema-rules.js';
import { readOnClock } from '../../time-series/calendar/index.js';

/**
 * A time or day of a request under the rule of data files: ISO 8601, also without seconds and with a blank for the T,
 * with an offset or on the customer's clock.
 */
export const momentInput = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(readOnClock('UTC', text).moment), {
    error: 'wanted a date (2026-03-02) or a time (2026-03-02T18:05:00+05:30)',
  })
  .meta({ examples: ['2026-03-02T18:05:00+05:30', '2026-03-02'] })
  .register(jsonSchemaRules, MOMENT);
