import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A control group of Linux with a memory limit; a process joins by writing its id into `procs`. */
export interface MemoryGroup {
  readonly procs: string;
  remove(): void;
}

const roots = [
  { folder: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' }, // version 1
  { folder: '/sys/fs/cgroup', limit: 'memory.max' },
] as const;

/** Null where groups cannot be made: it takes root, and a control group file system that is writable. */
export function createMemoryGroup(limitMb: number): MemoryGroup | null {
  for (const { folder, limit } of roots) {
    const group = join(folder, `ml-test-${process.pid}`);
    const remove = (): void => rmdirSync(group);
    if (!existsSync(join(folder, 'cgroup.procs'))) continue;
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    try {
      writeFileSync(join(group, limit), String(limitMb * 2 ** 20), { flag: 'r+' });
      return { procs: join(group, 'cgroup.procs'), remove };
    } catch {
      remove();
    }
  }
  return null;
}
