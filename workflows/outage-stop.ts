import { patched } from '@temporalio/workflow';
import { type Fault, isOutage } from './failures.js';

/** Remembers the first outage of a run that outlasted the patience of one of its models. */
export interface OutageStop {
  /** Notes why a model failed. */
  note(fault: Fault): void;
  /** The outage because of which no further model is started; null: none. */
  reason(): Fault | null;
}

/** Without it each later model of a run would wait for the whole patience again: three days for five models. */
export function createOutageStop(): OutageStop {
  let outage: Fault | null = null;
  return {
    note: (fault) => {
      if (isOutage(fault)) outage ??= fault;
    },
    reason: () => (outage !== null && patched('outage-stops-retraining') ? outage : null),
  };
}
