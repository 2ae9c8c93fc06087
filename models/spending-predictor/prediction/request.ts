import { z } from 'zod';

const sentTransaction = z.strictObject({
  bookedAt: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: 'wanted a date (2026-03-02) or a time with its zone (2026-03-02T18:05:00Z)',
    })
    .describe('when it was booked'),
  amount: z.number().min(-1e10).max(1e10).describe('signed: negative = money out, positive = income'),
  category: z.string().min(1).max(100).nullish(),
  merchant: z.string().max(200).nullish(),
  instalments: z.int().min(1).max(600).nullish().describe('only on the start of a loan, as in the training data'),
});

/** Request for a forecast. */
export const input = z
  .strictObject({
    customerId: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('a customer of the training data; for others transactions are required'),
    transactions: z
      .array(sentTransaction)
      .max(200_000)
      .optional()
      .describe('all since the training data; for a new customer all that are known'),
    asOf: z.iso
      .date()
      .optional()
      .describe(
        'first day to forecast; later transactions are ignored; after the training data only with transactions',
      ),
    horizonDays: z.int().min(1).max(1095).optional().describe('days ahead'),
  })
  .refine(({ customerId, transactions }) => customerId !== undefined || transactions !== undefined, {
    message: 'expected customerId, transactions or both',
  });
export type SpendingRequest = z.infer<typeof input>;
