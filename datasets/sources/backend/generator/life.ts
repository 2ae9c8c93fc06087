import type { Random } from '../../../../learning/numeric/random/index.js';
import type { Employment } from '../categories.js';
import type { Month } from './calendar.js';
import { between, chance } from './draws.js';
import type { Profile } from './profile.js';

/** State of a customer that changes from month to month. */
export interface Life {
  employment: Employment;
  /** Current usual monthly income, INR; not reduced by a job loss. */
  income: number;
  /** Current usual monthly spending without rent, before seasonal and random effects, INR. */
  spending: number;
  rent: number;
  hasChildren: boolean;
  /** Index of the first month of the next job; null = employed. */
  jobBackAt: number | null;
  /** Removal costs of this month, INR; 0 in most months. */
  removalCosts: number;
}

/** The state at the start of the history. */
export const startLife = (profile: Profile): Life => ({
  employment: profile.employment,
  income: profile.income,
  spending: profile.income * Math.max(0.3, profile.spendingShare - profile.rentShare),
  rent: Math.round((profile.income * profile.rentShare) / 500) * 500,
  hasChildren: profile.hasChildren,
  jobBackAt: null,
  removalCosts: 0,
});

/** Income rises in April. */
function yearlyRise(random: Random, life: Life, month: Month): void {
  if (month.calendarMonth === 3) life.income *= 1 + between(random, 0.05, 0.16);
}

function jobLoss(random: Random, profile: Profile, life: Life, month: Month): void {
  if (life.jobBackAt !== null && month.index >= life.jobBackAt) {
    life.jobBackAt = null;
    life.employment = profile.employment;
    life.income *= between(random, 0.85, 1.1);
    return;
  }
  const works = life.employment === 'salaried' || life.employment === 'self_employed';
  if (!works || !chance(random, 0.006)) return;
  life.jobBackAt = month.index + 2 + random.integer(4);
  life.employment = 'unemployed';
}

function promotion(random: Random, life: Life): void {
  if (!chance(random, 0.008)) return;
  life.income *= between(random, 1.12, 1.3);
  life.spending *= between(random, 1.04, 1.1);
}

function newChild(random: Random, profile: Profile, life: Life, month: Month): void {
  const age = (month.start - profile.birthDate) / 31_557_600_000;
  if (age < 22 || age > 42 || !chance(random, 0.003)) return;
  life.spending *= between(random, 1.08, 1.18);
}

function move(random: Random, life: Life): void {
  life.removalCosts = 0;
  if (life.rent === 0 || !chance(random, 0.006)) return;
  life.rent = Math.round((life.rent * between(random, 1.05, 1.4)) / 500) * 500;
  life.removalCosts = life.rent * between(random, 0.4, 0.9);
}

/** Rent rises by 7 % each June. */
function rentReview(life: Life, month: Month): void {
  if (month.calendarMonth === 5 && month.index > 0) life.rent = Math.round((life.rent * 1.07) / 100) * 100;
}

/** Applies a month's random events to `life`: raises, job loss and return, promotion, a child, a move, inflation. */
export function updateLife(random: Random, profile: Profile, life: Life, month: Month): void {
  yearlyRise(random, life, month);
  jobLoss(random, profile, life, month);
  promotion(random, life);
  newChild(random, profile, life, month);
  move(random, life);
  rentReview(life, month);
  life.spending *= (1 + profile.spendingGrowth) ** (1 / 12);
}
