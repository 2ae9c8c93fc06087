import type { DataQuality } from '../contracts/dataset.js';

/** Whether a check counts against the data; the others only warn. */
const counts = ({ severity }: DataQuality['failedChecks'][number]): boolean => severity !== 'warn';

/** How many rows have a fault of their own, and how many checks of a whole table do not hold. */
export function qualityFinding({ rejectedRows, checkedRows, failedChecks }: DataQuality): string {
  const ofTables = failedChecks.filter((check) => check.failedRows === 0 && counts(check)).length;
  if (ofTables > 0 && rejectedRows === 0) return `the ${checkedRows} rows as a whole fail ${ofTables} of the checks`;
  return `${rejectedRows} of ${checkedRows} rows have a fault`;
}

/** A failed check; one without rows is of the whole table. */
function failedCheck({ table, column, check, failedRows, example }: DataQuality['failedChecks'][number]): string {
  const place = column === null ? table : `${table}.${column}`;
  const failing = failedRows === 0 ? 'does not hold' : `fails in ${failedRows} rows`;
  return `${place}: ${check} ${failing}${example === null ? '' : ` (${example})`}`;
}

/** A data report as sentences, worst fault first. */
export const qualityReasons = (quality: DataQuality): string[] => [
  qualityFinding(quality),
  ...quality.failedChecks.filter(counts).map(failedCheck),
];
