import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';

/**
 * Text rows belong to families. Wordings (templates), merchants and people's names are dealt out to families, and a
 * message takes all three from one family: holding out families therefore holds out all three at once.
 */
export const familyCount = 60;

/** Family of a name that belongs to no list, such as an employer's. */
export const familyOfName = (name: string): number => Math.floor(hashFraction('family', name) * familyCount);

/** The value of `text_group`. */
export const familyName = (family: number): string => `g${String(family).padStart(2, '0')}`;
