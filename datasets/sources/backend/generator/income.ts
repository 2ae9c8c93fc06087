import type { Random } from '../../../../learning/numeric/random/index.js';
import { type Month, momentIn } from './calendar.js';
import { between, meanOneNoise, logNormal } from './draws.js';
import type { Life } from './life.js';
import { drawPerson } from './people.js';
import { type Posting, payParty } from './posting.js';
import type { Profile } from './profile.js';

type Payer = (random: Random, profile: Profile, life: Life, month: Month) => Posting[];

/** Salary on the first day of the month, with a bonus in May, after the end of the financial year. */
const salary: Payer = (random, profile, life, month) => {
  const bonus = month.calendarMonth === 4 ? between(random, 0.2, 0.9) : 0;
  const amount = life.income * (meanOneNoise(random, profile.incomeNoise) + bonus);
  const party = { type: 'ORG', name: profile.employer } as const;
  const at = momentIn(month, 1, between(random, 7, 12));
  return [payParty(random, profile, party, { at, amount, channel: 'neft', category: 'salary' })];
};

/** Two to five payments a month, with a common random factor that makes the income irregular. */
const business: Payer = (random, profile, life, month) => {
  const monthFactor = meanOneNoise(random, profile.incomeNoise);
  const count = 2 + random.integer(4);
  return Array.from({ length: count }, () => {
    const amount = (life.income / count) * monthFactor * meanOneNoise(random, 0.3);
    const at = momentIn(month, 1 + random.integer(26), between(random, 9, 20));
    const party = { type: 'PERSON', ...drawPerson(random) } as const;
    const channel = random.uniform() < 0.6 ? 'upi' : 'neft';
    return payParty(random, profile, party, { at, amount, channel, category: 'income_other' });
  });
};

const pension: Payer = (random, profile, life, month) => {
  const party = { type: 'ORG', name: 'EPFO PENSION' } as const;
  const at = momentIn(month, 1, between(random, 8, 11));
  return [payParty(random, profile, party, { at, amount: life.income, channel: 'neft', category: 'pension' })];
};

const fromFamily: Payer = (random, profile, life, month) => {
  const party = { type: 'PERSON', ...drawPerson(random) } as const;
  const at = momentIn(month, 2 + random.integer(6), between(random, 9, 20));
  const amount = life.income * logNormal(random, profile.incomeNoise);
  return [payParty(random, profile, party, { at, amount, channel: 'imps', category: 'income_other' })];
};

/** Occasional income while unemployed: about a sixth of the previous income on average. */
const oddJobs: Payer = (random, profile, life, month) =>
  random.uniform() < 0.4 ? [] : fromFamily(random, profile, { ...life, income: life.income * 0.25 }, month);

const payers = {
  salaried: salary,
  self_employed: business,
  retired: pension,
  student: fromFamily,
  unemployed: oddJobs,
} as const;

/** Income postings of a month, by employment. */
export const incomeOf: Payer = (random, profile, life, month) => payers[life.employment](random, profile, life, month);
