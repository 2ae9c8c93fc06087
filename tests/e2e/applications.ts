/* Invented rows of the layout credit-applications. */

/** Whether an applicant defaults. */
export type Rule = (debtToIncome: number, latePayments: number) => boolean;

/** An application; its label follows a rule on two of the columns, the others are noise. */
export function application(i: number, defaults: Rule) {
  const [debt, late] = [((i * 37) % 100) / 100, (i * 7) % 6];
  return {
    applicationId: `a${i}`,
    applicantId: `p${i}`,
    appliedAt: new Date(Date.UTC(2024, 0, 1 + (i % 700))).toISOString(),
    kind: 'personal',
    requestedAmount: 50_000 + (i % 50) * 1000,
    termMonths: 24,
    monthlyIncome: 20_000 + (i % 83) * 500,
    employment: 'salaried',
    collateralValue: null,
    bankBalance: (i % 91) * 1000,
    monthlyDebtPayments: (i % 13) * 500,
    openLoans: i % 4,
    latePayments: late,
    worstDelayDays: i % 40,
    creditHistoryMonths: i % 120,
    utilisationShare: (i % 17) / 17,
    debtToIncome: debt,
    loanToValue: null,
    gender: null,
    ageYears: 20 + (i % 45),
    defaulted: defaults(debt, late),
  };
}

/** 600 applications. */
export const applications = (defaults: Rule) => Array.from({ length: 600 }, (_, i) => application(i, defaults));

/** Columns that a request does not have. */
const notInputs = ['applicationId', 'applicantId', 'appliedAt', 'gender', 'ageYears', 'defaulted'];

/** The row as a request. */
export const inputsOf = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !notInputs.includes(name)));

type Cell = string | number | boolean | null;

/** Rows as CSV, with an empty cell for null. */
export function toCsv(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const lines = rows.map((row) => Object.values(row).map((cell) => (cell === null ? '' : String(cell))));
  return [Object.keys(rows[0] ?? {}), ...lines].map((cells) => `${cells.join(',')}\n`).join('');
}
