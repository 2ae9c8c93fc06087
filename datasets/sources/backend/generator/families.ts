import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';

/**
 * Number of families (text groups). Templates, merchants and first names each belong to one family, and a message takes
 * all three from the same one, so that a holdout of families contains templates, merchants and names unseen in training.
 */
export const familyCount = 60;

/** Family of a name outside the lists, such as an employer, by its hash. */
export const familyOfName = (name: string): number => Math.floor(hashFraction('family', name) * familyCount);

/** A family's value in column `text_group`. */
export const familyName = (family: number): string => `g${String(family).padStart(2, '0')}`;
