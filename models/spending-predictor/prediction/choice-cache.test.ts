import { describe, expect, it } from 'vitest';
import { firstDayOf } from '../../../learning/time-series/calendar/index.js';
import { defaultBands } from '../forecast/calibration.js';
import { chooseForecasters } from '../forecast/forecaster-choice.js';
import { historyOf, type Movement } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import { createChoiceCache } from './choice-cache.js';

const START = 2024 * 12;
const FROM = START + 27;

const model: LearnedModel = {
  schemaVersion: 2,
  seasonality: { categories: {}, growth: 0 },
  choice: { origins: 6, margin: 0.5 },
  memory: 0.85,
  pooledIncome: null,
  reconciliation: 'bottom-up',
  errors: { names: ['total'], covariance: [0.01], typicalVariance: 0.0025 },
  center: 1,
  groups: [{ total: 1000, categories: { travel: 1000 } }],
  profile: { weekdays: Array<number>(7).fill(1), days: Array<number>(31).fill(1) },
  bands: defaultBands,
  horizonDays: 90,
  knownUntil: firstDayOf(FROM),
};

/** Journeys in even months only, which the level of a pooled season does not follow. */
const journeys = (amount: number): Movement[] =>
  Array.from({ length: 26 }, (_, i) => ({
    day: firstDayOf(START + i) + 3 + ((7 * i) % 20),
    amount: i % 2 === 0 ? amount : amount / 50,
    category: 'travel',
    payee: null,
    instalments: null,
  }));

describe('createChoiceCache', () => {
  const history = historyOf(journeys(1000));

  it('keeps the choice of a customer for the year, as if it were made anew', async () => {
    const choices = createChoiceCache(model);
    const first = await choices.championsFor('a', history, FROM);
    expect(first).toEqual(chooseForecasters(history, FROM, model));
    const later = historyOf([...journeys(1000), { ...journeys(1)[0]!, day: firstDayOf(FROM) - 1 }]);
    // What happened since January does not change it.
    expect(await choices.championsFor('a', later, FROM + 5)).toBe(first);
    expect(await choices.championsFor('b', history, FROM)).not.toBe(first);
  });

  it('chooses again for a corrected history and for the next year', async () => {
    const choices = createChoiceCache(model);
    const first = await choices.championsFor('a', history, FROM);
    expect(await choices.championsFor('a', historyOf(journeys(999)), FROM)).not.toBe(first);
    const again = await choices.championsFor('a', history, FROM);
    expect(await choices.championsFor('a', history, FROM + 12)).not.toBe(again);
  });

  it('keeps nothing without a customer, and drops the least recently used beyond its capacity', async () => {
    const choices = createChoiceCache(model, 2);
    const ask = (customer?: string) => choices.championsFor(customer, history, FROM);
    expect(await ask()).not.toBe(await ask());
    const [a, b] = [await ask('a'), await ask('b')];
    expect(await ask('a')).toBe(a);
    await ask('c');
    expect(await ask('a')).toBe(a);
    expect(await ask('b')).not.toBe(b);
  });
});
