import type { SourceSettings } from '../../datasets/sources/ensure-source.js';
import type { CliContext } from './context.js';

/** What choosing a source needs of a command. */
export const sourceSettings = ({ config, out }: Pick<CliContext, 'config' | 'out'>): SourceSettings => ({
  ownBackend: config.backendDatabaseUrl !== null,
  notice: out.notice,
});
