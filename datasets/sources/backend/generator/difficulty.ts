/**
 * Everything that decides how hard the generated data are, in one place and frozen: a model may get better, the data
 * may not get easier. docs/synthetic-data.md gives the scores of a trivial model and of an oracle for these figures;
 * a test holds them. Change one only together with that table.
 */
export const difficulty = {
  spending: {
    /** Standard deviation of the log of a customer-month's mood, which nobody can foresee. */
    monthShock: 0.05,
    /** Standard deviation of the log of one purchase around its category's usual amount. */
    purchaseNoise: 0.28,
    /** Yearly inflation, and mean and spread of each customer's own growth of living standard. */
    inflation: 0.06,
    lifestyleGrowth: 0.06,
    lifestyleSpread: 0.05,
    /** Multiplies every seasonal deviation. */
    seasonality: 1.5,
  },
  anomaly: {
    /** Fraud episodes a customer-month. */
    episodes: 0.085,
    /** Share of fraudulent transactions that the customer ever disputes. */
    reportedShare: 0.9,
    /** Disputes of honest transactions, a transaction. */
    falseDisputes: 0.0003,
    /** What honest customers do that looks like misuse: share of purchases somewhere new, at night, minutes after another. */
    newPlaces: 0.12,
    nightOwls: 0.04,
    rounds: 0.12,
    /** What strangers do that looks honest: share of night attacks that come by day, of shops the victim also uses. */
    byDay: 0.45,
    usualShops: 0.3,
    /** Median days until a dispute arrives. */
    disputeDelayDays: 8,
  },
  credit: {
    /** Applications a customer-month. */
    applications: 0.25,
    /** Steepness and level of the risk in the log-odds. */
    steepness: 1.5,
    level: -7.4,
    /** Score above which a lender declines, and how unsure it is of the score. */
    declineAbove: 2,
    lenderNoise: 1.3,
  },
  text: {
    /** Messages a customer-month. */
    messages: 0.6,
    /** Share of messages that an annotator has seen. */
    labelledShare: 0.85,
    intentLabelError: 0.015,
    outOfScopeShare: 0.08,
    /** Share of those whose words occur in no other message. */
    strayShare: 0.2,
    typoShare: 0.35,
    /** Shares of spans that the annotator forgot, cut wrongly or gave a wrong type. */
    spanForgotten: 0.012,
    spanMiscut: 0.008,
    spanMistyped: 0.006,
    /** Annotated statement lines a customer-month. */
    annotatedLines: 0.35,
  },
} as const;
