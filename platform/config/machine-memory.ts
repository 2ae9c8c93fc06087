import { totalmem } from 'node:os';

/** Three quarters of the machine's memory, or of what its control group allows, in MB. */
export function threeQuartersOfMemory(): number {
  const allowed = process.constrainedMemory();
  const bytes = allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
  return Math.floor((bytes * 0.75) / 2 ** 20);
}
