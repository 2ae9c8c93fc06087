import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { AuditAction } from '../../registry/audit/append.js';
import type { ChainHead } from '../../registry/audit/chain.js';
import type { CliContext } from '../program/context.js';
import { formatTime } from '../output/format.js';

export interface AuditListOptions {
  readonly action?: AuditAction;
  readonly subject?: string;
  readonly limit: number;
}

/** Prints the newest entries of the audit log. */
export async function listAudit(cli: CliContext, filter: AuditListOptions): Promise<void> {
  const { services } = await cli.connect();
  const entries = await services.audit.list(filter);
  cli.out.result({ entries }, () => {
    const rows = entries.map(({ id, at, actor, action: done, subject: to, details }) => {
      const stated = Object.entries(details).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
      return [String(id), formatTime(at), actor, done, to, stated.join(', ')];
    });
    cli.out.table({ head: ['id', 'at (UTC)', 'by', 'did', 'to', 'details'], rows, right: ['id'] });
  });
}

/** Recomputes the chain. @throws PipelineError `AUDIT_BROKEN` for the first fault. */
export async function verifyAudit(cli: CliContext, noted: string | undefined): Promise<void> {
  const expected = noted === undefined ? undefined : readHead(noted);
  const { services } = await cli.connect();
  const { entries, head, fault } = await services.audit.verify(expected);
  if (fault !== null) throw pipelineError('AUDIT_BROKEN', fault);
  cli.out.result({ entries, head }, () => {
    cli.out.line(`${entries} entries, each as it was written`);
    if (head !== null) cli.out.line(`newest: ${head.id}:${head.hash}`);
  });
}

function readHead(text: string): ChainHead {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (id !== undefined && hash !== undefined) return { id: Number(id), hash };
  throw new PipelineError('INVALID_INPUT', '--head: wanted <id>:<hash> as `ml audit verify` prints it');
}
