import type { QuarantinedRow, QuarantineFilter } from '../../datasets/quarantine/quarantine-log.js';
import { commandActor, insertAudit } from '../../registry/audit/append.js';
import { formatTime, shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';

const shown = (row: QuarantinedRow): string[] => [
  String(row.id),
  row.source,
  row.table,
  row.key,
  row.column === '' ? row.rule : `${row.column}: ${row.rule}`,
  row.reason,
  row.status,
  shortHash(row.snapshotHash),
  formatTime(row.foundAt),
];

function printRows(cli: CliContext, rows: readonly QuarantinedRow[]): void {
  const head = ['id', 'source', 'table', 'key', 'rule', 'reason', 'status', 'left out of', 'found (UTC)'];
  cli.out.table({ head, rows: rows.map(shown), right: ['id'] });
}

/** Lists rows in quarantine, newest first. */
export async function listQuarantine(cli: CliContext, filter: QuarantineFilter): Promise<void> {
  const { services } = await cli.connect();
  const rows = await services.quarantine.list(filter);
  cli.out.result(rows, () => {
    if (rows.length === 0) cli.out.line('no row is in quarantine');
    else printRows(cli, rows);
  });
}

const actionOf = { released: 'quarantine.released', dropped: 'quarantine.dropped' } as const;
const effectOf = {
  released: 'the next run keeps them in spite of these faults',
  dropped: 'every further run leaves them out',
} as const;

/**
 * Releases or drops rows, with an entry in the audit log for each.
 * @throws PipelineError `INVALID_INPUT` for an unknown id, or a row without a key.
 */
export async function decideQuarantine(
  cli: CliContext,
  { ids, status }: { readonly ids: readonly number[]; readonly status: 'released' | 'dropped' },
): Promise<void> {
  const { services } = await cli.connect();
  const by = commandActor();
  const rows = await services.quarantine.decide({ ids: [...new Set(ids)], status, by }, async (client, decided) => {
    for (const { source, table, key, rule, column } of decided)
      await insertAudit(client, {
        ...{ actor: by, action: actionOf[status] },
        subject: `${source}/${table}/${key}`,
        details: { rule, column },
      });
  });
  cli.out.result(rows, () => {
    printRows(cli, rows);
    cli.out.line();
    cli.out.line(`${rows.length} ${rows.length === 1 ? 'row' : 'rows'} ${status}: ${effectOf[status]}`);
  });
}
