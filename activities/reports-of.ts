import type { Config } from '../platform/config/config.js';

/** For a plan: where the workflow's pages can be opened; nothing where they are not served. */
export const reportsOf = ({ reportUrl }: Pick<Config, 'reportUrl'>): { reportUrl?: string } =>
  reportUrl === null ? {} : { reportUrl };
