import { z } from 'zod';

/** From a process of the API to the one that started it. */
export const fromProcess = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready'), port: z.int() }),
  z.object({ kind: z.literal('metrics-wanted'), id: z.int() }),
]);
export type FromProcess = z.infer<typeof fromProcess>;

/** Metrics of all processes together, or null when one did not answer in time. */
export const toProcess = z.object({ kind: z.literal('metrics'), id: z.int(), text: z.string().nullable() });
export type ToProcess = z.infer<typeof toProcess>;
