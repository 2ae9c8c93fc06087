/**
 * Loans of each outcome that a file must have to learn from, and in the holdout: five folds then have two each, and with
 * fewer than five in the holdout the interval of the AUC says nothing.
 */
export const NEEDED_OF_A_CLASS = { training: 10, holdout: 5 } as const;
