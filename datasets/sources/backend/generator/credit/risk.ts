import type { Employment } from '../../categories.js';
import { DAY_MS } from '../calendar.js';
import { difficulty } from '../difficulty.js';
import { type History, recentMean, recentVariation } from '../history.js';

/** What the tables show about an applicant on the day of the application; the risk depends on nothing else. */
export interface Evidence {
  /** Mean monthly income of the last six months, INR. */
  readonly income: number;
  /** Standard deviation of the monthly income over its mean, last twelve months. */
  readonly incomeVariation: number;
  /** 1 − spending / income, means of the last six months. Not used by the risk. */
  readonly savingsRate: number;
  /** Mean card utilisation at the last three month ends; NaN without a card. */
  readonly utilisation: number;
  /** Share of the last six months in which the main account was overdrawn. */
  readonly overdrawn: number;
  /** Number of instalments in the last twelve months that were paid late. */
  readonly late: number;
  /** Number of instalments in the last twelve months that were not paid within 30 days. */
  readonly missed: number;
  /** Instalments of running loans and the new one over income. */
  readonly debtToIncome: number;
  /** Amount over the value of the collateral; NaN when unsecured. */
  readonly loanToValue: number;
  readonly monthsKnown: number;
  readonly employment: Employment;
}

interface Applicant {
  readonly history: History;
  readonly at: number;
  readonly joinedAt: number;
  readonly employment: Employment;
  readonly runningInstalments: number;
}
interface Request {
  readonly amount: number;
  readonly emi: number;
  readonly collateralValue: number | null;
}

const withinYear = (moments: readonly number[], at: number, graceDays: number): number =>
  moments.filter((due) => due > at - 365 * DAY_MS && due + graceDays * DAY_MS < at).length;

/** Computes the evidence from the history before the application. */
export function evidenceOf(applicant: Applicant, request: Request): Evidence {
  const { history, at } = applicant;
  const income = Math.max(1000, recentMean(history.income, 6));
  const lows = history.lowestBalance.slice(-6);
  return {
    income,
    incomeVariation: recentVariation(history.income, 12),
    savingsRate: 1 - recentMean(history.spending, 6) / income,
    utilisation: recentMean(history.utilisation, 3),
    overdrawn: lows.length === 0 ? 0 : lows.filter((low) => low < 0).length / lows.length,
    late: withinYear(history.late, at, 6),
    missed: withinYear(history.missed, at, 30),
    debtToIncome: (applicant.runningInstalments + request.emi) / income,
    loanToValue: request.collateralValue === null ? Number.NaN : request.amount / request.collateralValue,
    monthsKnown: (at - applicant.joinedAt) / (30.4 * DAY_MS),
    employment: applicant.employment,
  };
}

const employmentRisk: Readonly<Record<Employment, number>> = {
  salaried: 0,
  self_employed: 0.2,
  retired: -0.3,
  student: 0.6,
  unemployed: 1.4,
};

const orDefault = (value: number, fallback: number): number => (Number.isNaN(value) ? fallback : value);

/** The true log-odds of default. */
export function riskOf(evidence: Evidence): number {
  const behaviour =
    3.5 * Math.min(1.2, orDefault(evidence.utilisation, 0.3)) +
    3 * evidence.overdrawn +
    0.35 * Math.min(4, evidence.late) +
    0.9 * Math.min(3, evidence.missed);
  const capacity = 4 * Math.min(0.8, evidence.debtToIncome) + 1.5 * Math.min(1, evidence.incomeVariation);
  const security = Number.isNaN(evidence.loanToValue) ? 0.3 : 2 * (evidence.loanToValue - 0.85);
  const standing = employmentRisk[evidence.employment] - 0.3 * Math.log1p(evidence.monthsKnown / 12);
  return difficulty.credit.level + difficulty.credit.steepness * (behaviour + capacity + security + standing);
}

/** The logistic function: probability from log-odds. */
export const probabilityOf = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
