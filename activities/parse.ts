import { z } from 'zod';
import { PipelineError } from '../contracts/errors.js';

/** The parsed input of an activity; a person may have typed it. @throws PipelineError `INVALID_INPUT` naming the field. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new PipelineError('INVALID_INPUT', z.prettifyError(parsed.error));
}
