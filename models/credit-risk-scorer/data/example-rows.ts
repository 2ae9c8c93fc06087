import { createRandom, type Random } from '../../../learning/numeric/random/index.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';
import { indicativeInstalment } from './request-features.js';
import { employments, loanKinds } from './vocabulary.js';

/*
 * Invented applications for the example file and the fixture: the probability of default is a logistic function of debt to
 * income, late payments, utilisation, months of history and employment, plus noise nobody can see, so that the best
 * possible AUC is about 0.87.
 */

const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAYS = 900;

const chosen = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;
const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform();
const rounded = (value: number, step: number): number => Number((Math.round(value / step) * step).toFixed(3));

/** About one cell in twelve is unknown, as in real exports. */
const sometimes = <Value>(random: Random, value: Value): Value | '' => (random.uniform() < 0.08 ? '' : value);

function loanTerms(random: Random) {
  const kind = chosen(random, loanKinds);
  const secured = kind === 'home' || kind === 'vehicle' || kind === 'gold';
  const requestedAmount = rounded(Math.exp(between(random, 10.3, secured ? 15 : 13.3)), 1000);
  const termMonths = 12 * (1 + random.integer(secured ? 12 : 5));
  const collateralValue = secured ? rounded(requestedAmount * between(random, 1, 2.5), 1000) : '';
  return { kind, requestedAmount, termMonths, collateralValue };
}

function creditBehaviour(random: Random) {
  const trouble = Math.max(0, random.normal());
  const latePayments = Math.min(12, Math.floor(trouble * between(random, 0, 4)));
  return {
    latePayments,
    worstDelayDays: latePayments === 0 ? 0 : Math.ceil(latePayments * between(random, 1, 15)),
    creditHistoryMonths: rounded(between(random, 0, 180), 1),
    utilisationShare: rounded(Math.min(1.2, 0.25 * trouble + between(random, 0, 0.6)), 0.001),
    openLoans: random.integer(5),
  };
}

interface Risk {
  readonly debtToIncome: number;
  readonly latePayments: number;
  readonly utilisationShare: number;
  readonly creditHistoryMonths: number;
  readonly employment: string;
}

/** The truth behind the label; -3.3 puts the share of bad loans near a quarter. */
function probabilityOfDefault(risk: Risk, noise: number): number {
  const margin =
    -3.3 +
    2.6 * Math.min(1.5, risk.debtToIncome) +
    0.6 * risk.latePayments +
    2 * risk.utilisationShare -
    0.007 * risk.creditHistoryMonths +
    (risk.employment === 'unemployed' || risk.employment === 'student' ? 1 : 0) +
    0.5 * noise;
  return 1 / (1 + Math.exp(-margin));
}

function row(random: Random, i: number): Record<string, string | number> {
  const loan = loanTerms(random);
  const employment = chosen(random, employments);
  const monthlyIncome = rounded(Math.exp(between(random, 10, 12.3)), 100);
  const behaviour = creditBehaviour(random);
  const monthlyDebtPayments = rounded(behaviour.openLoans * monthlyIncome * between(random, 0, 0.12), 100);
  const instalments = monthlyDebtPayments + indicativeInstalment(loan.requestedAmount, loan.termMonths);
  const debtToIncome = rounded(instalments / monthlyIncome, 0.001);
  const probability = probabilityOfDefault({ ...behaviour, debtToIncome, employment }, random.normal());
  return {
    applicationId: `application-${i + 1}`,
    applicantId: `applicant-${1 + Math.floor(i / 1.25)}`,
    appliedAt: new Date(FIRST_DAY + random.integer(DAYS) * DAY_MS).toISOString(),
    ...loan,
    monthlyIncome: sometimes(random, monthlyIncome),
    employment: sometimes(random, employment),
    bankBalance: sometimes(random, rounded(monthlyIncome * between(random, -0.2, 4), 100)),
    monthlyDebtPayments,
    ...behaviour,
    debtToIncome: sometimes(random, debtToIncome),
    loanToValue:
      typeof loan.collateralValue === 'number' ? rounded(loan.requestedAmount / loan.collateralValue, 0.001) : '',
    gender: sometimes(random, chosen(random, ['female', 'male', 'other'])),
    ageYears: rounded(between(random, 19, 68), 1),
    defaulted: random.uniform() < probability ? 1 : 0,
  };
}

/** The invented rows, the same for a seed for ever. */
export function exampleRows(count: number, seed: number): Record<string, string | number>[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => row(random, i));
}
