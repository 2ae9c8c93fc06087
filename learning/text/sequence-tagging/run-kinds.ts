/** Kinds of runs that a word can be in, as bits: numbers and words of time, words with a capital. */
export const runKind = { measure: 1, capital: 2 } as const;
