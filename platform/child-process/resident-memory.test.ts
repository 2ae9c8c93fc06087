import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { countKernelKills, residentMb } from './resident-memory.js';

let folder = '';
let machine = '';
let group = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-kills-'));
  [machine, group] = [join(folder, 'vmstat'), join(folder, 'memory.events')];
  writeFileSync(machine, 'pgfault 3\noom_kill 7\n');
  writeFileSync(group, 'oom 2\noom_kill 0\noom_group_kill 5\n');
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const counted = () => countKernelKills(process.pid, [machine, group, join(folder, 'missing')]);

it('does not count kills from before', () => {
  expect(counted().roseRecently()).toBe(false);
});

it.each([
  ['the machine', () => writeFileSync(machine, 'oom_kill 8\n')],
  ['the control group', () => writeFileSync(group, 'oom 3\noom_kill 1\n')],
])('counts a kill of %s', (_, kill) => {
  const kills = counted();
  kill();
  expect(kills.roseRecently()).toBe(true);
});

it('counts a kill that a sample saw first, and forgets it after two seconds', () => {
  const kills = counted();
  writeFileSync(machine, 'oom_kill 8\n');
  kills.sample();
  vi.advanceTimersByTime(1900);
  expect(kills.roseRecently()).toBe(true);
  vi.advanceTimersByTime(200);
  expect(kills.roseRecently()).toBe(false);
});

it.runIf(process.platform === 'linux')('reads the memory of this process, and null of none', () => {
  const used = Math.round(process.memoryUsage.rss() / 2 ** 20);
  expect(Math.abs(residentMb(process.pid)! - used)).toBeLessThan(64);
  expect(residentMb(2 ** 22 + 1)).toBeNull();
});
