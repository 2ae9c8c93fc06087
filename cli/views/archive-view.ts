import { randomUUID } from 'node:crypto';
import { findModel } from '../../models/catalogue.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext } from '../program/context.js';

export interface ArchiveOptions {
  readonly version: string;
  readonly line?: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Archives a version and prints what answers in its line now.
 * @throws PipelineError `UNKNOWN_MODEL`, `VERSION_NOT_FOUND`, `TRANSITION_NOT_ALLOWED`.
 */
export async function archiveVersion(cli: CliContext, name: string, options: ArchiveOptions): Promise<void> {
  const { name: modelName } = await findModel(name);
  const connection = await cli.connect();
  const { registry } = connection.services;
  const line = await chooseLine(cli, connection, options.line);
  const { version, reason, by: actor } = options;
  const idempotencyKey = `archive/${randomUUID()}`;
  const change = await registry.archive({ modelName, line, version, actor, reason, idempotencyKey });
  const champion = await registry.findChampion(modelName, line);
  cli.out.result({ modelName, line, ...change, champion: champion?.version ?? null }, () => {
    cli.out.line(`${modelName} ${version} (line ${line}): ${change.from} → archived`);
    const answers = champion === null ? 'no version' : `${champion.version} in ${champion.stage}`;
    cli.out.line(`${answers} answers in this line now`);
  });
}
