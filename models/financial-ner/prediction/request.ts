import { z } from 'zod';
import { boundedText } from '../../../contracts/bounded-text.js';
import { dateOrder } from '../../../contracts/dataset.js';
import { CALENDAR_DAY, jsonSchemaRules } from '../../../contracts/json-schema-rules.js';
import { parseIsoDate } from '../../../learning/time-series/calendar/index.js';
import { MAXIMUM_TEXT_LENGTH } from '../data/text-table.js';

/** A request to the predictor. */
export const nerRequest = z.strictObject({
  text: boundedText(MAXIMUM_TEXT_LENGTH).describe('a message or statement line; may be empty'),
  /** ISO date of "today" in the text; without it dates that depend on it have no value. */
  referenceDay: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, { abort: true, error: 'expected a day such as 2026-01-31' })
    .refine((day) => parseIsoDate(day) !== null, 'no day of the calendar')
    .register(jsonSchemaRules, CALENDAR_DAY)
    .optional()
    .describe('day that "today" means, such as 2026-01-31; without it only complete dates have a value'),
  /** @default that of the data that the version was trained on */
  dateOrder: dateOrder.optional().describe('how dates in numbers are written; absent: as in the training data'),
});
export type NerRequest = z.infer<typeof nerRequest>;

const value = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('amount'), amount: z.number(), currency: z.string() }),
  z.strictObject({ kind: z.literal('date'), from: z.string(), to: z.string() }),
  z.strictObject({ kind: z.literal('identifier'), value: z.string() }),
]);

const entity = z.strictObject({
  type: z.string(),
  /** First code unit (UTF-16) of the entity. */
  start: z.int().nonnegative(),
  end: z.int().positive(),
  text: z.string(),
  /** Calibrated probability that span and type are correct. */
  confidence: z.number().min(0).max(1),
  source: z.enum(['model', 'rule']),
  /** Normalised value; null when the type has none or the text cannot be parsed. */
  value: value.nullable(),
  /** Known names that it may refer to, best first. */
  links: z.array(z.strictObject({ name: z.string(), score: z.number() })),
});
export type NerEntity = z.infer<typeof entity>;

/** An answer of the predictor. */
export const nerAnswer = z.strictObject({ entities: z.array(entity) });
export type NerAnswer = z.infer<typeof nerAnswer>;
