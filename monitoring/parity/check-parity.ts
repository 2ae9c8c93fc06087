import type { FeatureView } from '../../contracts/feature-view.js';
import type { ParityResult, ReplayReadsInput, ViewParity } from '../../contracts/feature-parity.js';
import type pg from 'pg';
import type { SnapshotLog } from '../../datasets/snapshots/snapshot-log.js';
import { groupBy } from '../../learning/group-by.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { type ExplainedRead, explainReads, type WrittenValues } from './explain-reads.js';
import { earlierMoments, type KnownSnapshot, storedSnapshots } from './known-moments.js';
import { drawReads, type LoggedRead } from './logged-reads.js';
import { countNotCompared, type KnownRead, type NotCompared, type ReplayContext, replayReads } from './replay-reads.js';
import { summarizeView } from './summarize.js';

/** What a check reads. */
export interface CheckParity extends ReplayContext {
  readonly database: Pick<pg.Pool, 'query'>;
  readonly snapshotLog: Pick<SnapshotLog, 'list'>;
  readonly keys: Pick<KeyRing, 'open' | 'signWith'>;
  /** Every version that is defined. */
  readonly views: readonly FeatureView[];
  /** What was written to the online store, as far as it is known. */
  readonly written: readonly WrittenValues[];
}

/** Reads by what can be done with them. */
interface Sorted {
  readonly known: KnownRead[];
  readonly ofOtherSchema: ExplainedRead[];
}

/** A read of another schema than those that are defined; null: it is of one of them. */
function schemaFault(read: LoggedRead, view: FeatureView | undefined, views: readonly FeatureView[]): string | null {
  if (view === undefined) {
    const defined = views.filter(({ name }) => name === read.view).map(({ version }) => version);
    const known = defined.length === 0 ? 'there is no such view' : `defined: ${defined.join(', ')}`;
    return `the header names version ${read.version}; ${known}`;
  }
  const found = read.values?.length ?? view.fields.length;
  return found === view.fields.length ? null : `the value has ${found} fields, the view ${view.fields.length}`;
}

function sortReads(reads: readonly LoggedRead[], views: readonly FeatureView[], into: NotCompared): Sorted {
  const known: KnownRead[] = [];
  const ofOtherSchema: ExplainedRead[] = [];
  for (const read of reads) {
    const view = views.find(({ name, version }) => name === read.view && version === read.version);
    const fault = schemaFault(read, view, views);
    if (fault !== null) ofOtherSchema.push({ read, cause: 'schema', finding: fault, differences: [] });
    else if (read.values === null) countNotCompared(into, 'logged before the values that were read were kept');
    else known.push({ read, view: view!, values: read.values });
  }
  return { known, ofOtherSchema };
}

const keyOf = ({ view, version }: LoggedRead): string => `${view}@${version}`;

/** Findings of each view of the sample, by name and version. */
async function compare(
  context: CheckParity,
  { known, ofOtherSchema }: Sorted,
  snapshots: readonly KnownSnapshot[],
  into: NotCompared,
): Promise<ViewParity[]> {
  const replayed = groupBy(await replayReads(context, snapshots, known, into), ({ read }) => keyOf(read));
  const refused = groupBy(ofOtherSchema, ({ read }) => keyOf(read));
  const keys = [...new Set([...replayed.keys(), ...refused.keys()])].sort();
  return keys.map((key) => {
    const [own, others] = [replayed.get(key) ?? [], refused.get(key) ?? []];
    const { view, version } = (own[0] ?? others[0])!.read;
    const explained = explainReads(own, {
      written: context.written,
      earlierMoments: ({ view: definition, read }) => earlierMoments(snapshots, definition, read.eventTime),
    });
    return summarizeView({
      ...{ view, version, compared: own.length + others.length, explained: [...others, ...explained] },
      names: own[0]?.view.fields.map(({ name }) => name) ?? [],
    });
  });
}

/**
 * Draws answers from the prediction log and compares each feature view that they read with the point-in-time computation
 * as of the read's moment. Without a read that can be compared the result is `undecided`.
 * @throws PipelineError `KEY_NOT_FOUND`, `DECRYPTION_FAILED`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function checkParity(
  context: CheckParity,
  { runKey, source, since, until, sample }: ReplayReadsInput,
): Promise<ParityResult> {
  const { database, keys, views, blobs, snapshotLog } = context;
  const window = { source, since, until, size: sample, seed: runKey };
  const { answers, reads } = await drawReads(database, keys, views, window);
  const notCompared: NotCompared = new Map();
  const sorted = sortReads(reads, views, notCompared);
  const snapshots = sorted.known.length === 0 ? [] : await storedSnapshots(blobs, snapshotLog, source);
  const found = await compare(context, sorted, snapshots, notCompared);
  const [compared, differing] = [sum(found, 'compared'), sum(found, 'differing')];
  return {
    status: compared === 0 ? 'undecided' : differing === 0 ? 'sound' : 'differs',
    source,
    since: new Date(since).toISOString(),
    until: new Date(until).toISOString(),
    answers,
    views: found,
    notCompared: [...notCompared].map(([reason, count]) => ({ reason, reads: count })),
  };
}

const sum = (found: readonly ViewParity[], field: 'compared' | 'differing'): number =>
  found.reduce((total, each) => total + each[field], 0);
