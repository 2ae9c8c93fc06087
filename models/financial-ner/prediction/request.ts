import { z } from 'zod';
import { parseIsoDate } from '../../../learning/time-series/calendar/index.js';
import { LONGEST_TEXT } from '../data/text-table.js';

/** What the predictor is asked. */
export const nerRequest = z.strictObject({
  text: z.string().max(LONGEST_TEXT).describe('a message or statement line; may be empty'),
  /** What "today" means in the text; without it dates are found but not read. */
  referenceDay: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, { abort: true, error: 'expected a day such as 2026-01-31' })
    .refine((day) => parseIsoDate(day) !== null, 'no day of the calendar')
    .optional()
    .describe('day that "today" means, such as 2026-01-31'),
});
export type NerRequest = z.infer<typeof nerRequest>;

const value = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('amount'), amount: z.number(), currency: z.string() }),
  z.strictObject({ kind: z.literal('date'), from: z.string(), to: z.string() }),
  z.strictObject({ kind: z.literal('identifier'), value: z.string() }),
]);

const entity = z.strictObject({
  type: z.string(),
  /** UTF-16 code units. */
  start: z.int().nonnegative(),
  end: z.int().positive(),
  text: z.string(),
  /** Probability that span and type are exactly right. */
  confidence: z.number().min(0).max(1),
  source: z.enum(['model', 'rule']),
  /** Null when the text has none that can be read. */
  value: value.nullable(),
  /** Known names that it may mean, best first. */
  links: z.array(z.strictObject({ name: z.string(), score: z.number() })),
});
export type NerEntity = z.infer<typeof entity>;

/** What the predictor answers. */
export const nerAnswer = z.strictObject({ entities: z.array(entity) });
export type NerAnswer = z.infer<typeof nerAnswer>;
