import fc from 'fast-check';

/**
 * Seed of the property tests. On a developer's machine each run draws new cases; CI uses a fixed seed, so that its
 * results are reproducible. FC_SEED overrides both.
 */
const seed = process.env.FC_SEED ?? (process.env.CI ? '20261122' : undefined);
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
