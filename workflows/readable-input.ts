import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** An input that cannot be decoded, as a text, which every workflow refuses. */
function readable(payload: Payload): Payload {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return payload;
  } catch {
    return defaultPayloadConverter.toPayload('an input that is no JSON, or in another encoding than json/plain');
  }
}

/**
 * Replaces an input that cannot be decoded before the workflow starts, so that the workflow ends with `INVALID_INPUT`:
 * an error while decoding counts as a fault of the code, after which the server offers the start again for ever.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate(input, next) {
        for (const { initializeWorkflow: start } of input.activation.jobs ?? [])
          if (start?.arguments) start.arguments = start.arguments.map(readable);
        next(input);
      },
    },
  ],
});
