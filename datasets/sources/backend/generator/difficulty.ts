/**
 * All parameters that determine how difficult the generated data are. They are frozen, so that the data do not get
 * easier as the models improve. docs/synthetic-data.md has the scores of a trivial baseline and an oracle for these
 * values, which a test checks; change them only together with that table.
 */
export const difficulty = {
  spending: {
    /** Standard deviation of the logarithm of a random factor for each customer and month, which is unpredictable. */
    monthShock: 0.05,
    /** Standard deviation of the logarithm of one purchase around its category's usual amount. */
    purchaseNoise: 0.28,
    /** Yearly inflation. */
    inflation: 0.06,
    /** Mean and standard deviation over customers of the yearly growth of spending above inflation. */
    lifestyleGrowth: 0.06,
    lifestyleSpread: 0.05,
    /** Factor on every seasonal deviation. */
    seasonality: 1.5,
  },
  anomaly: {
    /** Fraud episodes per customer and month. */
    episodes: 0.085,
    /** Share of fraudulent transactions that the customer disputes. */
    reportedShare: 0.9,
    /** Probability that a legitimate transaction is disputed. */
    falseDisputes: 0.0003,
    /** Shares of legitimate purchases that look like fraud: at a new merchant, at night, minutes after another one. */
    newPlaces: 0.12,
    nightOwls: 0.04,
    rounds: 0.12,
    /** Shares of fraud that look legitimate: night-time kinds that occur by day, and merchants that the customer uses. */
    byDay: 0.45,
    usualShops: 0.3,
    /** Median days until a dispute arrives. */
    disputeDelayDays: 8,
  },
  credit: {
    /** Applications per customer and month. */
    applications: 0.25,
    /** Slope and intercept of the default risk in log-odds. */
    steepness: 1.5,
    level: -7.4,
    /** Log-odds above which the lender declines, and the standard deviation of its error. */
    declineAbove: 2,
    lenderNoise: 1.3,
  },
  text: {
    /** Messages per customer and month. */
    messages: 2.2,
    /** Share of messages that are labelled. */
    labelledShare: 0.85,
    intentLabelError: 0.015,
    outOfScopeShare: 0.15,
    /** Share of out-of-scope messages whose words occur in no other message. */
    strayShare: 0.05,
    /** Share of messages that are whole wordings; the others are a frame with an object. */
    wordingShare: 0.7,
    typoShare: 0.35,
    /** Shares of spans that the annotator omits, truncates, or labels with a wrong type. */
    spanForgotten: 0.012,
    spanMiscut: 0.008,
    spanMistyped: 0.006,
    /** Annotated statement lines per customer and month. */
    annotatedLines: 0.35,
  },
} as const;
