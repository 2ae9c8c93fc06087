import type { SnapshotHealth } from '../../datasets/snapshots/repair.js';
import { examineSnapshots, repairLog } from '../../datasets/snapshots/repair.js';
import { formatTime, shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';

export interface RepairOptions {
  readonly yes?: true;
  readonly verify?: true;
}

/**
 * Lists the snapshots that the blob store no longer has completely and what each loses; with `yes` marks them, so that
 * no run takes one for the newest. Ends with 1 while damage is left unmarked.
 */
export async function repairSnapshots(cli: CliContext, { yes, verify }: RepairOptions): Promise<void> {
  const { services, endpoints } = await cli.connect();
  const { blobs, snapshotLog: log, registry } = services;
  const health = await examineSnapshots({ blobs, log, registry }, { verify: verify === true });
  const repaired = yes === true;
  if (repaired) await repairLog(log, health);
  const open = health.damaged.filter(({ record }) => !record.lost).length;
  if (open > 0 && !repaired) cli.exitWith(1);
  cli.out.result({ ...health, repaired }, () => print(cli, health, { store: endpoints.artifactUri, repaired }));
}

function print({ out }: CliContext, health: SnapshotHealth, done: { store: string; repaired: boolean }): void {
  const { examined, damaged, foundAgain } = health;
  out.line(
    `${examined} snapshots examined in ${done.store}: ${damaged.length} damaged, ${foundAgain.length} found again`,
  );
  if (damaged.length > 0) {
    const head = ['snapshot', 'source', 'taken (UTC)', 'damage', 'versions without their rows', 'marked'];
    const rows = damaged.map(({ record, damage, versions }) => [
      shortHash(record.hash),
      record.source,
      formatTime(record.recordedAt),
      damage,
      versions.join(', ') || '–',
      record.lost || done.repaired ? 'lost' : 'no',
    ]);
    out.table({ head, rows });
  }
  for (const { hash, source } of foundAgain) out.line(`snapshot ${shortHash(hash)} of ${source} is complete again`);
  if (damaged.length === examined && examined > 0)
    out.line('Every snapshot is missing here: is ARTIFACT_URI the store that they were written to?');
  if (damaged.some(({ record }) => !record.lost) && !done.repaired) {
    out.line('Nothing was changed. `ml data repair --yes` marks them as lost: they stay listed, and are used no more.');
    out.line(
      'Versions keep their artefacts. The next run extracts everything anew; the rows of that day do not come back.',
    );
  }
}
