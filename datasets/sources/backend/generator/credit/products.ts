import type { Random } from '../../../../../learning/numeric/random/index.js';
import type { LoanKind } from '../../categories.js';
import { between, chance, logNormal, roundMoney, pick, weighted } from '../draws.js';

interface Product {
  readonly weight: number;
  readonly terms: readonly number[];
  /** Amount in months of income. */
  readonly size: readonly [number, number];
  readonly rate: readonly [number, number];
  readonly collateral: string | null;
  /** True: paid out to the customer's account; false: to the seller. */
  readonly paidToCustomer: boolean;
}

const products: Readonly<Record<LoanKind, Product>> = {
  card_emi: {
    weight: 24,
    terms: [3, 6, 9],
    size: [0.3, 1.2],
    rate: [0.13, 0.18],
    collateral: null,
    paidToCustomer: false,
  },
  personal: {
    weight: 34,
    terms: [6, 9, 12, 18],
    size: [0.6, 3],
    rate: [0.11, 0.24],
    collateral: null,
    paidToCustomer: true,
  },
  gold: {
    weight: 20,
    terms: [6, 9, 12],
    size: [0.5, 2.5],
    rate: [0.09, 0.14],
    collateral: 'gold',
    paidToCustomer: true,
  },
  vehicle: {
    weight: 13,
    terms: [12, 18, 24],
    size: [1.2, 4],
    rate: [0.09, 0.13],
    collateral: 'vehicle',
    paidToCustomer: false,
  },
  education: {
    weight: 5,
    terms: [12, 18, 24],
    size: [1, 3.5],
    rate: [0.09, 0.13],
    collateral: null,
    paidToCustomer: false,
  },
  home: {
    weight: 2,
    terms: [120, 180, 240],
    size: [15, 30],
    rate: [0.083, 0.098],
    collateral: 'property',
    paidToCustomer: false,
  },
  other: { weight: 2, terms: [6, 12], size: [0.5, 2], rate: [0.12, 0.2], collateral: null, paidToCustomer: true },
};

const weights = Object.fromEntries(Object.entries(products).map(([kind, { weight }]) => [kind, weight])) as Record<
  LoanKind,
  number
>;

/** A loan that a customer applies for. */
export interface LoanRequest {
  readonly kind: LoanKind;
  readonly amount: number;
  readonly termMonths: number;
  readonly annualRate: number;
  readonly emi: number;
  readonly collateralKind: string | null;
  readonly collateralValue: number | null;
  readonly paidToCustomer: boolean;
}

/** Equated monthly instalment of an annuity loan. @param annualRate - as a fraction. */
export function instalmentOf(principal: number, annualRate: number, termMonths: number): number {
  const monthly = annualRate / 12;
  if (monthly === 0) return principal / termMonths;
  return (principal * monthly) / (1 - (1 + monthly) ** -termMonths);
}

/** A random request. @param income - monthly income of the applicant, INR. */
export function drawRequest(random: Random, income: number): LoanRequest {
  const kind = weighted(random, weights);
  const product = products[kind];
  const termMonths = pick(random, product.terms);
  const amount = Math.max(5000, Math.round((income * between(random, ...product.size)) / 1000) * 1000);
  const annualRate = roundMoney(between(random, ...product.rate) * 100) / 100;
  const secured = product.collateral !== null && (kind !== 'vehicle' || chance(random, 0.9));
  return {
    kind,
    amount,
    termMonths,
    annualRate,
    emi: roundMoney(instalmentOf(amount, annualRate, termMonths)),
    collateralKind: secured ? product.collateral : null,
    collateralValue: secured ? Math.round((amount / between(random, 0.45, 1.05)) * logNormal(random, 0.05)) : null,
    paidToCustomer: product.paidToCustomer,
  };
}
