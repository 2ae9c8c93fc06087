import type { SnapshotLog, SnapshotRecord } from '../../datasets/snapshots/snapshot-log.js';

const isIntact = ({ lost, removedAt }: SnapshotRecord): boolean => !lost && removedAt === null;

/** The log in memory, newest last; `createSnapshotLog` behaves the same on PostgreSQL (tests/integration). */
export function createMemoryLog(): SnapshotLog {
  const records: SnapshotRecord[] = [];
  const log: SnapshotLog = {
    migrate: () => Promise.resolve(),
    find: async (runKey, source) => records.find((one) => one.runKey === runKey && one.source === source) ?? null,
    async record(entry) {
      const at = records.findIndex(({ runKey, source }) => runKey === entry.runKey && source === entry.source);
      const record = { ...entry, recordedAt: new Date(0), lost: false, removedAt: null };
      if (at === -1) records.push(record);
      else if (!isIntact(records[at]!)) records[at] = record;
      return (await log.find(entry.runKey, entry.source))!;
    },
    async setLost(hash, lost) {
      for (const [index, record] of records.entries()) if (record.hash === hash) records[index] = { ...record, lost };
    },
    async setRemoved(hash) {
      for (const [index, record] of records.entries())
        if (record.hash === hash) records[index] = { ...record, removedAt: record.removedAt ?? new Date(0) };
    },
    allHashes: async () => [...new Map(records.filter(isIntact).map((one) => [one.hash, one])).values()].toReversed(),
    latest: async (source) => records.findLast((one) => one.source === source && isIntact(one)) ?? null,
    newest: async (source) =>
      records
        .filter((one) => one.source === source && isIntact(one))
        .reduce<SnapshotRecord | null>((best, one) => (best === null || one.asOf >= best.asOf ? one : best), null),
    withPrefix: async (prefix, limit) => {
      const matching = records.filter(({ hash }) => hash.startsWith(prefix));
      return [...new Map(matching.map((one) => [one.hash, one])).values()].toReversed().slice(0, limit);
    },
    erased: async () => [],
    list: async () => records.toReversed(),
  };
  return log;
}
