import { readdirSync, readFileSync } from 'node:fs';

/**
 * Finds every live process whose command line or environment contains this text (Linux only; elsewhere none).
 * @returns Their command lines by process number, this process excepted.
 */
export function processesNaming(text: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  if (process.platform !== 'linux') return found;
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = readProcess(pid, 'cmdline');
    if (command !== '' && `${command}\n${readProcess(pid, 'environ')}`.includes(text)) found.set(pid, command);
  }
  return found;
}

function readProcess(pid: number, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // the process has ended
  }
}
