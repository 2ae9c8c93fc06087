import { acknowledge, createAlertBook } from '../../monitoring/alerts/alerts.js';
import { commandActor } from '../../registry/audit/append.js';
import type { CliContext } from '../program/context.js';
import { formatMinute } from '../../registry/format-minute.js';

/** Prints alerts, newest first. */
export async function listAlerts(
  cli: CliContext,
  filter: { readonly openOnly: boolean; readonly limit: number },
): Promise<void> {
  const { services } = await cli.connect();
  const alerts = await createAlertBook(services.pool, []).list(filter);
  cli.out.result({ alerts }, () => {
    if (alerts.length === 0) {
      cli.out.line(filter.openOnly ? 'no alert is open' : 'there was no alert');
      return;
    }
    const rows = alerts.map(({ id, severity, kind, message, openedAt, seen, acknowledgedBy, resolvedAt }) => {
      const state = resolvedAt === null ? (acknowledgedBy === null ? 'open' : `seen by ${acknowledgedBy}`) : 'resolved';
      return [id, severity, kind, formatMinute(openedAt), String(seen), state, message];
    });
    cli.out.table({
      head: ['id', 'severity', 'kind', 'since (UTC)', 'times', 'state', 'message'],
      rows,
      right: ['id'],
    });
  });
}

/** @throws PipelineError `ALERT_NOT_FOUND`. */
export async function acknowledgeAlert(cli: CliContext, id: string, by = commandActor()): Promise<void> {
  const { services } = await cli.connect();
  const alert = await acknowledge(services.pool, id, by);
  cli.out.result({ alert }, () => cli.out.line(`${alert.kind} of ${alert.subject}: seen by ${by}`));
}
