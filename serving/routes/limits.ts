/** Bytes of the body of one request: about 5,000 transactions, so that an answer stays a short turn. */
export const BODY_LIMIT_BYTES = 2 ** 19;
/** Bytes of the body of a batch. */
export const BATCH_LIMIT_BYTES = 4 * 2 ** 20;
/** Rows of a batch, at most. */
export const BATCH_LIMIT_ROWS = 10_000;
