/** Bits of the kinds of runs that a word can belong to: numbers and words of time; capitalised words. */
export const runKind = { numeric: 1, capitalised: 2 } as const;
