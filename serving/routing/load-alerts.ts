import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.js';
import type { AlertBook } from '../../monitoring/alerts/alerts.js';
import { versionSubject } from '../../registry/audit/append.js';
import type { RouterDeps } from './router.js';

/** Raises an alert for a version that cannot be loaded, and ends it when the version could be. */
export function alertOfLoads(
  alerts: Pick<AlertBook, 'raise' | 'resolve'>,
  logger: Pick<Logger, 'warn'>,
): NonNullable<RouterDeps['onLoad']> {
  const kind = 'version-not-loaded';
  return (record, failure) => {
    const subject = versionSubject(record);
    const told =
      failure === null
        ? alerts.resolve({ kind, subject })
        : alerts.raise({ kind, subject, severity: severityOf(failure), message: failure.message });
    told.catch((fault: unknown) => logger.warn({ subject, err: messageOf(fault) }, 'an alert was not recorded'));
  };
}

/** Critical where nothing answers in its place. */
const severityOf = ({ insteadVersion }: { readonly insteadVersion: string | null }): 'warning' | 'critical' =>
  insteadVersion === null ? 'critical' : 'warning';
