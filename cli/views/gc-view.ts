import type { Client } from '@temporalio/client';
import { PipelineError } from '../../contracts/errors.js';
import { commandActor } from '../../registry/audit/append.js';
import { type BlobCount, type Collection, collectBlobs } from '../../registry/retention/collect.js';
import { formatBytes } from '../output/format-bytes.js';
import { formatTime, shortHash } from '../output/format.js';
import type { CliContext } from '../program/context.js';

export interface GcOptions {
  readonly yes?: true;
  readonly grace?: number;
}

/** Snapshots that a table for people names. */
const MOST_NAMED = 20;

/**
 * Says what nothing refers to any more; with `yes` removes it, with an entry in the audit log.
 * @throws PipelineError `CONFLICT` for a grace period of 0 while a run is active.
 */
export async function collectGarbage(cli: CliContext, { yes, grace }: GcOptions): Promise<void> {
  const { services, temporal } = await cli.connect();
  const { pool, blobs, snapshotLog: log, audit } = services;
  const settings = { ...cli.config.retention, ...(grace !== undefined && { graceHours: grace }) };
  if (settings.graceHours === 0) await requireNoRun(await temporal());
  const dryRun = yes !== true;
  const found = await collectBlobs({ pool, blobs, log, settings, now: Date.now(), dryRun });
  if (!dryRun) {
    const { blobs: count, bytes } = found.removed;
    const details = { blobs: count, bytes, snapshots: found.snapshots.length, graceHours: settings.graceHours };
    await audit.record((append) =>
      append({ actor: commandActor(), action: 'blobs.collected', subject: 'blob store', details }),
    );
  }
  cli.out.result({ ...found, settings }, () => print(cli, found));
}

/** A promotion that waits for its approval stores no rows. */
const IDLE = 'ExecutionStatus = "Running" and WorkflowType != "promoteModel"';

async function requireNoRun(client: Client): Promise<void> {
  for await (const { workflowId } of client.workflow.list({ query: IDLE }))
    throw new PipelineError(
      'CONFLICT',
      `${workflowId} is running and may be about to record what it stored; wait for its end, or give --grace 1 or more`,
      { workflowId },
    );
}

const counted = ({ blobs, bytes }: BlobCount): string[] => [blobs.toLocaleString('en-US'), formatBytes(bytes)];

function print({ out }: CliContext, { dryRun, stored, kept, young, removed, snapshots }: Collection): void {
  const rows = [
    ['stored', ...counted(stored)],
    ['kept', ...counted(kept)],
    ['younger than the grace period', ...counted(young)],
    [dryRun ? 'would be removed' : 'removed', ...counted(removed)],
  ];
  out.table({ head: ['', 'blobs', 'size'], rows, right: ['blobs', 'size'] });
  if (snapshots.length > 0) {
    out.line();
    const named = snapshots.slice(0, MOST_NAMED).map(({ hash, source, asOf }) => {
      return [shortHash(hash), source, formatTime(new Date(asOf))];
    });
    out.table({ head: ['snapshot no longer kept', 'source', 'as of (UTC)'], rows: named });
    if (snapshots.length > MOST_NAMED) out.line(`${snapshots.length - MOST_NAMED} further ones with --json`);
  }
  if (dryRun && removed.blobs > 0) out.line('Nothing was removed; `ml data gc --yes` does.');
}
