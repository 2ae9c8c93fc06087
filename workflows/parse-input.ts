import { ApplicationFailure } from '@temporalio/workflow';
import { z } from 'zod';

/**
 * The workflow's one input with every default filled in.
 * @throws ApplicationFailure `INVALID_INPUT`, never retried, naming each field that does not fit.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.nonRetryable(z.prettifyError(parsed.error), 'INVALID_INPUT');
}

/** The value of a field that has no default. @throws ApplicationFailure `INVALID_INPUT` when it is absent. */
export function required<T>(value: T | null, field: string): T {
  if (value !== null) return value;
  throw ApplicationFailure.nonRetryable(`${field} is required, for instance {"${field}": "…"}`, 'INVALID_INPUT');
}
