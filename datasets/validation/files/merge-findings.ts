import type { TableReport } from '../check-ledger.js';
import type { FileFindings, FoundFault } from './check-file.js';

const byPlace = (a: FoundFault, b: FoundFault): number => {
  for (let i = 0; i < a.place.length; i++) if (a.place[i] !== b.place[i]) return a.place[i]! - b.place[i]!;
  return 0;
};

const nameOf = ({ column, check, finding }: FoundFault): string => `${column ?? ''}\u0000${check}\u0000${finding}`;

function sumMissing(parts: readonly FileFindings[]): Map<string, number> {
  const missing = new Map<string, number>();
  for (const part of parts)
    for (const [column, count] of Object.entries(part.missing)) missing.set(column, (missing.get(column) ?? 0) + count);
  return missing;
}

/** Faults of all files; of each the first row is that of the first file which has it. */
function mergeFaults(parts: readonly FileFindings[]): FoundFault[] {
  const merged = new Map<string, FoundFault>();
  for (const fault of parts.flatMap(({ faults }) => [...faults].sort(byPlace))) {
    const known = merged.get(nameOf(fault));
    merged.set(
      nameOf(fault),
      known === undefined ? fault : { ...known, failedRows: known.failedRows + fault.failedRows },
    );
  }
  return [...merged.values()];
}

/** The report of a table from the findings in its files, the same in whatever order they come. */
export function mergeFindings(table: string, findings: readonly FileFindings[]): TableReport {
  const parts = [...findings].sort((a, b) => a.part - b.part);
  const checkedRows = parts.reduce((sum, { rows }) => sum + rows, 0);
  const failedChecks = mergeFaults(parts).map(({ column, check, finding, failedRows, firstKey, severity }) => ({
    ...{ table, column, check, failedRows },
    example: firstKey === null ? finding : `row ${firstKey}: ${finding}`,
    ...(severity === 'warn' && { severity: 'warn' as const }),
  }));
  return {
    table,
    checkedRows,
    rejectedRows: parts.reduce((sum, { rejectedRows }) => sum + rejectedRows, 0),
    nullShares: Object.fromEntries([...sumMissing(parts)].map(([column, count]) => [column, count / checkedRows])),
    failedChecks: failedChecks.sort((a, b) => b.failedRows - a.failedRows),
  };
}
