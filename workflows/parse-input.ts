import { ApplicationFailure } from '@temporalio/workflow';
import type { z } from 'zod';
import { describeFields, fieldsOf } from '../contracts/describe-fields.js';
import { describeIssues } from '../contracts/describe-issue.js';

/**
 * The workflow's one input with every default filled in.
 * @throws ApplicationFailure `INVALID_INPUT`, never retried, naming each field that does not fit and all fields there are.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const given = input ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw invalidInput({
    faults: describeIssues(parsed.error, given, () => fieldsOf(schema)),
    fields: describeFields(schema),
  });
}

/** What is wrong with an input, and what would fit. */
interface InputFault {
  readonly faults: readonly string[];
  /** As `describeFields` states them; empty when the fault is not one of fields. */
  readonly fields?: readonly string[];
}

const list = (lines: readonly string[]): string => lines.map((line) => `\n- ${line}`).join('');

/** `INVALID_INPUT`, which the Temporal UI shows as the result of the workflow; the details are for programs. */
export const invalidInput = ({ faults, fields = [] }: InputFault): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'INVALID_INPUT',
    nonRetryable: true,
    message:
      `the input does not fit:${list(faults)}` + (fields.length === 0 ? '' : `\nWhat can be given:${list(fields)}`),
    details: [{ faults, fields }],
  });

/** The value of a field that has no default. @throws ApplicationFailure `INVALID_INPUT` when it is absent. */
export function required<T>(value: T | null, field: string): T {
  if (value !== null) return value;
  throw invalidInput({ faults: [`${field} is required, for instance {"${field}": "…"}`] });
}
