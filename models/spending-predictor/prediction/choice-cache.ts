import { inTurns } from '../../../learning/artefact/index.js';
import { murmur3 } from '../../../learning/numeric/hash/murmur.js';
import type { Champions } from '../forecast/customer-forecast.js';
import { choiceMonth, choosingForecasters } from '../forecast/forecaster-choice.js';
import { type History, historyBefore } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';

/** Customers whose choices are kept, about 300 bytes each. */
const MOST_CUSTOMERS = 20_000;

/** Fingerprint of the movements that a choice depends on. */
function fingerprintOf(history: History, month: number): string {
  const { streams, loans } = historyBefore(history, choiceMonth(month));
  const text = JSON.stringify([choiceMonth(month), [...streams], loans]);
  const bytes = new TextEncoder().encode(text);
  return [bytes.length, murmur3(bytes, 0), murmur3(bytes, 0x9747b28c)].join(' ');
}

interface KeptChoice {
  readonly fingerprint: string;
  readonly champions: Champions;
}

const choose = (history: History, month: number, model: LearnedModel): Promise<Champions> =>
  inTurns(choosingForecasters(history, month, model));

/**
 * Choices of the forecasters, kept by customer: a choice costs ten times the rest of an answer and holds for a year
 * unless the history before it is corrected. The least recently used are dropped. What is kept never changes an answer.
 */
export function createChoiceCache(model: LearnedModel, capacity = MOST_CUSTOMERS) {
  const kept = new Map<string, KeptChoice>();
  const keep = (customerId: string, choice: KeptChoice): void => {
    kept.delete(customerId);
    kept.set(customerId, choice);
    if (kept.size > capacity) kept.delete(kept.keys().next().value!);
  };
  return {
    /**
     * Lets other work of the event loop go on between two series.
     * @param customerId - undefined = nothing is kept.  @param month - first month of the forecast.
     */
    async championsFor(customerId: string | undefined, history: History, month: number): Promise<Champions> {
      if (customerId === undefined) return choose(history, month, model);
      const fingerprint = fingerprintOf(history, month);
      const before = kept.get(customerId);
      const choice =
        before?.fingerprint === fingerprint ? before : { fingerprint, champions: await choose(history, month, model) };
      keep(customerId, choice);
      return choice.champions;
    },
  };
}
export type ChoiceCache = ReturnType<typeof createChoiceCache>;
