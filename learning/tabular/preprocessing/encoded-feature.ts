import { z } from 'zod';

/** How one feature becomes inputs of the graph. */
export const encodedFeature = z.discriminatedUnion('kind', [
  z.strictObject({
    name: z.string(),
    kind: z.literal('numeric'),
    /** Bounds of the training column, which a request must keep too. */
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    integer: z.literal(true).optional(),
  }),
  z.strictObject({
    name: z.string(),
    kind: z.literal('categorical'),
    categories: z.array(z.string()),
    /** The categories are a closed list: another word is refused, not taken as unknown. */
    closed: z.literal(true).optional(),
  }),
]);
export type EncodedFeature = z.infer<typeof encodedFeature>;

/** A cell as a caller gives it; null and absent are "unknown". */
export type Cell = number | string | null | undefined;
/** A row as a caller sends it: features by name. */
export type RowInput = Record<string, Cell>;
/** Whether a cell has a value that training could learn from: a finite number, or a word that it has seen. */
export const isKnownCell = (feature: EncodedFeature, cell: Cell): boolean =>
  feature.kind === 'numeric'
    ? typeof cell === 'number' && Number.isFinite(cell)
    : typeof cell === 'string' && feature.categories.includes(cell);
