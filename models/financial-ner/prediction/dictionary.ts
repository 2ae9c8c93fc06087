import { z } from 'zod';

/** `dictionary.json`: canonical names with their types and other spellings. */
export const dictionary = z.array(z.strictObject({ name: z.string(), type: z.string(), aliases: z.array(z.string()) }));
export type Dictionary = z.infer<typeof dictionary>;

const LINKED_TYPES = /MERCHANT|^ORG|COMPANY|corporation/i;

/** Whether entities of this type are linked to the dictionary: merchants and organisations, not persons. */
export const isLinked = (type: string): boolean => LINKED_TYPES.test(type);
