import fc from 'fast-check';

/**
 * Developers explore: each run of a property draws new cases. CI repeats: a change is judged by itself, not by the
 * luck of the draw, and what CI found is found again. FC_SEED overrides either.
 */
const seed = process.env.FC_SEED ?? (process.env.CI ? '20261122' : undefined);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
