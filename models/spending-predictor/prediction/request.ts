import { boundedText } from '../../../contracts/bounded-text.js';
import { jsonSchemaRules } from '../../../contracts/json-schema-rules.js';
import { z } from 'zod';
import { momentInput, numberInput, optionalText } from '../../../learning/tabular/preprocessing/index.js';
import { columnOf } from '../data/columns.js';
import { type SpendingState, spendingState } from '../data/spending-history.js';

const sentTransaction = z.strictObject({
  bookedAt: z
    // One of two texts, as before there was one schema of times, so that the signature stays.
    .union([momentInput, z.iso.date()], {
      error: 'wanted a date (2026-03-02) or a time (2026-03-02T18:05:00+05:30)',
    })
    .describe("when it was booked: on the customer's clock, or with the offset of another"),
  amount: numberInput(columnOf('amount')).describe('signed: negative = money out, positive = income'),
  category: optionalText(100),
  merchant: optionalText(200),
  instalments: numberInput(columnOf('instalments'))
    .nullish()
    .describe('only on the start of a loan, as in the training data'),
});
export type SentTransaction = z.infer<typeof sentTransaction>;

/** What a caller may know beside the stored history. */
export const known = z.strictObject({
  transactions: z
    .array(sentTransaction)
    .max(200_000)
    .optional()
    .describe('all since the history, [] if there are none; without a history all that are known'),
  asOf: z.iso
    .date()
    .optional()
    .describe('first day to forecast; later movements are ignored; default: the day after the newest known one'),
  horizonDays: z.int().min(1).max(1095).optional().describe('days ahead'),
});
export type KnownOfCustomer = z.infer<typeof known>;

/** Request for a forecast: what is known of a customer, as a stored history, as transactions, or as both. */
export const input = known
  .extend({
    customerId: boundedText(200).min(1).optional().describe('whose forecast it is; nothing is looked up by it'),
    history: spendingState
      .nullish()
      .describe('the stored state spending-history of the customer; null = the store knows no such customer'),
  })
  .refine(({ history, transactions }) => history !== undefined || transactions !== undefined, {
    message:
      'expected history, transactions or both: the model holds no customers; a request by reference (--customer) reads the stored history',
  })
  .register(jsonSchemaRules, { anyOf: [{ required: ['history'] }, { required: ['transactions'] }] });
export type SpendingRequest = KnownOfCustomer & {
  readonly customerId?: string | undefined;
  readonly history?: SpendingState | null | undefined;
};
