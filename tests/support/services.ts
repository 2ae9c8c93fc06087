import type { TestProject } from 'vitest/node';

/** Addresses of the servers that all integration tests of a run share. */
export interface TestServices {
  /** A superuser's URL; each file makes a database of its own (`createTestDatabase`). */
  readonly databaseUrl: string;
  /** Null when no Redis could be had; tests that need it skip with a message. */
  readonly redisUrl: string | null;
  /** Null when no Temporal server could be had; tests that need it skip with a message. */
  readonly temporalAddress: string | null;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

/** Vitest global set-up: one set of servers a run. */
export default function setup(project: TestProject): void {
  project.provide('services', {
    databaseUrl: process.env.DATABASE_URL ?? '',
    redisUrl: process.env.REDIS_URL ?? null,
    temporalAddress: process.env.TEMPORAL_ADDRESS ?? null,
  });
}
