/*
 * The part of Temporal's SDK that is imported dynamically. It is a separate module because the build bundles dynamic
 * imports of project files, but not those of packages.
 */
export { Connection } from '@temporalio/client';
