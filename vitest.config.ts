import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing outside the process; `integration` shares one set of real servers a run, with a task queue and
 * database of its own for each file; `performance`, which `npm test` leaves out, asks a platform with trained models.
 */
export default defineConfig({
  test: {
    // .ci/run reads the result from a file; everybody else sees vitest's own lines only.
    reporters: process.env.VITEST_JSON ? ['default', ['json', { outputFile: process.env.VITEST_JSON }]] : ['default'],
    coverage: {
      provider: 'v8',
      include: [
        '{contracts,learning,platform,datasets,feature-store,registry,models,inference,training,labelling,monitoring,activities,composition,workers,advisor,serving}/**/*.ts',
      ],
      // What it cannot see stays out of the figure: workflow code is bundled and runs in Temporal's sandbox (replay and
      // integration tests), commands and scripts run in processes of their own (end-to-end tests). Computing and worker
      // processes and the supervisor are not seen either, but their files are counted.
      exclude: ['**/*.test.ts', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportOnFailure: true,
      thresholds: { lines: 85 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', 'dist/**', 'tests/integration/**', 'tests/e2e/**', 'tests/performance/**'],
          setupFiles: ['tests/support/property-seed.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: '100%', // by default one core is left idle
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts', 'tests/e2e/**/*.test.ts'],
          setupFiles: ['tests/support/property-seed.ts'],
          globalSetup: ['tests/support/services.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'performance',
          include: ['tests/performance/**/*.test.ts'],
          globalSetup: ['tests/performance/served.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
