import { type Command, Option } from 'commander';
import { type AuditAction, auditActions } from '../../registry/audit/append.js';
import type { CliContext } from '../program/context.js';
import { listLimit } from '../program/options.js';

interface ListOptions {
  readonly action?: AuditAction;
  readonly subject?: string;
  readonly limit: number;
}

/** `ml audit list|verify`. */
export function register(program: Command, cli: CliContext): void {
  const audit = program
    .command('audit')
    .summary('list and verify the audit log')
    .description('Who registered, promoted, approved, rolled back, changed keys and read predictions. Append-only.');
  audit
    .command('list')
    .description('The newest entries.')
    .addOption(new Option('--action <name>', 'entries of this action').choices(auditActions))
    .option('--subject <name>', 'such as credit-risk-scorer/default/1.2.0')
    .option('--limit <n>', 'at most so many', listLimit, 50)
    .action(async (options: ListOptions) => {
      const { listAudit } = await import('../views/audit-view.js');
      await listAudit(cli, options);
    });
  audit
    .command('verify')
    .description(
      'Recomputes the chain of hashes and names the first entry that is not what was written (exit code 1). Note the ' +
        'printed id and hash elsewhere: with --head the log must still have that entry.',
    )
    .option('--head <id:hash>', 'an entry noted earlier')
    .action(async ({ head }: { readonly head?: string }) => {
      const { verifyAudit } = await import('../views/audit-view.js');
      await verifyAudit(cli, head);
    });
}
