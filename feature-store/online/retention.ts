/**
 * Days for which the online store keeps a value. Longer than any time to live: an old value is answered with and said to
 * be stale, and customers of a file, which nothing renews, can be asked for a while. Then it is deleted.
 */
export const KEPT_SECONDS = 90 * 24 * 3600;
