import { z } from 'zod';
import type { RequestFeatures } from '../../../contracts/model-definition.js';
import { creditRisk } from '../../../feature-store/definitions/credit-risk.js';
import { userFinancials } from '../../../feature-store/definitions/user-financials.js';
import { numberInput } from '../../../learning/tabular/preprocessing/index.js';
import { requestColumn } from './request-columns.js';
import { employments, loanKinds } from './vocabulary.js';

const MONTHS_PER_YEAR = 12;

/**
 * Yearly rate of the indicative instalment. The offered rate is fixed after the decision, so it may not be used; a
 * constant keeps the ratio comparable over kinds and years.
 */
export const REFERENCE_ANNUAL_RATE = 0.14;

/** The instalment that repays `principal` in `months` at the reference rate (annuity formula). */
export function indicativeInstalment(principal: number, months: number): number {
  const rate = REFERENCE_ANNUAL_RATE / MONTHS_PER_YEAR;
  return (principal * rate) / (1 - (1 + rate) ** -months);
}

const amount = (name: Parameters<typeof requestColumn>[0]): z.ZodNumber => numberInput(requestColumn(name));

const known = z.strictObject({
  kind: z.enum(loanKinds).describe('kind of loan asked for'),
  requestedAmount: amount('requestedAmount').describe('amount asked for'),
  termMonths: amount('termMonths').describe('monthly instalments asked for'),
  declaredMonthlyIncome: amount('declaredMonthlyIncome').nullable().default(null).describe('as declared'),
  employment: z.enum(employments).nullable().default(null).describe('as declared'),
  collateralValue: amount('collateralValue').nullable().default(null).describe('value of the collateral; null = none'),
});

/** What an application says by itself. */
type KnownOfApplication = z.infer<typeof known>;
type AmountsOfApplication = Omit<KnownOfApplication, 'kind' | 'employment'>;

/** Null where a side is unknown, or the denominator is not positive or so small that the ratio is infinite. */
function ratio(numerator: number, denominator: number | null): number | null {
  const found = denominator !== null && denominator > 0 ? numerator / denominator : Number.NaN;
  return Number.isFinite(found) ? found : null;
}

/** Features that follow from what an application says; training rows and requests by reference get them here. */
export const deriveFeatures = ({
  requestedAmount,
  termMonths,
  declaredMonthlyIncome,
  collateralValue,
}: AmountsOfApplication) => ({
  loanToValue: ratio(requestedAmount, collateralValue),
  emiToIncome: ratio(indicativeInstalment(requestedAmount, termMonths), declaredMonthlyIncome),
});

/** An application by reference: the applicant's features from the store, the rest from what it says by itself. */
export const requestFeatures: RequestFeatures<KnownOfApplication> = {
  views: [userFinancials, creditRisk],
  known,
  inputOf: ({ features, known: application }) => ({ ...features, ...application, ...deriveFeatures(application) }),
};
