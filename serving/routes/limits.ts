/** Bytes of the body of one request. */
export const BODY_LIMIT_BYTES = 2 ** 20;
/** Bytes of the body of a batch. */
export const BATCH_LIMIT_BYTES = 4 * 2 ** 20;
/** Rows of a batch, at most. */
export const BATCH_LIMIT_ROWS = 10_000;
