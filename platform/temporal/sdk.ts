/*
 * The part of Temporal's SDK that is loaded on first use. A module of ours, because the build puts what is imported by
 * name into one file and leaves what is imported dynamically from a package outside.
 */
export { Connection } from '@temporalio/client';
