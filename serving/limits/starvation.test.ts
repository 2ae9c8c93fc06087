import { describe, expect, it } from 'vitest';
import { createAdmission } from './admission.js';

/* An event loop under load by an open model, on a machine that gives it the processor only now and then. */

interface Machine {
  /** Whether the process has the processor in this millisecond. */
  readonly runs: (millisecond: number) => boolean;
  readonly requestsPerSecond: number;
  /** Clock by which the admission judges. */
  readonly clock: 'wall' | 'cpu';
}

const SECONDS = 40;
/** Milliseconds of CPU of a request, and of a refusal. */
const [ANSWER_MS, REFUSAL_MS] = [0.2, 0.01];
const STEP_MS = 0.1;

/** What became of the requests; each turn of the loop takes all that have arrived and answers them together. */
function simulate({ runs, requestsPerSecond, clock }: Machine) {
  let [wall, cpu, arrived] = [0, 0, 0];
  const now = (): number => (clock === 'wall' ? wall : cpu);
  const admission = createAdmission({ most: 400, now });
  const step = (): void => {
    if (runs(Math.floor(wall))) cpu += STEP_MS;
    wall += STEP_MS;
  };
  const work = (milliseconds: number): void => {
    const end = cpu + milliseconds;
    while (cpu < end - 1e-9) step();
  };
  const counts = { answered: 0, refused: 0, longestTurnMs: 0 };
  while (wall < 1000 * SECONDS) {
    const waiting = Math.floor((wall * requestsPerSecond) / 1000) - arrived;
    if (waiting === 0 || !runs(Math.floor(wall))) {
      step();
      continue;
    }
    arrived += waiting;
    const since = { own: now(), cpu };
    const admitted = Array.from({ length: waiting }, () => admission.enter()).filter((isIn) => isIn).length;
    work(admitted * ANSWER_MS + (waiting - admitted) * REFUSAL_MS);
    for (let i = 0; i < admitted; i++) admission.leave(now() - since.own);
    counts.answered += admitted;
    counts.refused += waiting - admitted;
    if (cpu > 1000) counts.longestTurnMs = Math.max(counts.longestTurnMs, cpu - since.cpu);
  }
  return counts;
}

const always = (): boolean => true;
/** 4 ms of every 40, and none at all for 300 ms of every 2,000. */
const starved = (millisecond: number): boolean => millisecond % 2000 >= 300 && millisecond % 40 < 4;

describe('admission by its own CPU time', () => {
  it('refuses nothing on a starved machine that answers all on average', () => {
    const load = { runs: starved, requestsPerSecond: 380 };
    expect(simulate({ ...load, clock: 'cpu' }).refused).toBe(0);
    expect(simulate({ ...load, clock: 'wall' }).refused).toBeGreaterThan(0);
  });

  it.each([
    ['a free', always, 20_000, 0.75 * 5000 * SECONDS],
    ['a starved', starved, 2_000, 0.6 * 425 * SECONDS],
  ] as const)('bounds the queue under overload on %s machine', (_, runs, requestsPerSecond, fewest) => {
    const { answered, refused, longestTurnMs } = simulate({ runs, requestsPerSecond, clock: 'cpu' });
    expect(refused).toBeGreaterThan(answered);
    expect(answered).toBeGreaterThan(fewest);
    expect(longestTurnMs).toBeLessThan(40);
  });

  it('does what it does by the clock on the wall while the process has its processor', () => {
    const load = { runs: always, requestsPerSecond: 20_000 };
    expect(simulate({ ...load, clock: 'cpu' })).toEqual(simulate({ ...load, clock: 'wall' }));
  });
});
