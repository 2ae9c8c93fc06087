/** Entry of a process that tries to take a lock at a given time: `lock-contender <folder> <milliseconds since 1970>`. */
import { setTimeout as pause } from 'node:timers/promises';
import { tryLock } from '../../platform/embedded/processes/lock.js';

const [folder = '', start = '0'] = process.argv.slice(2);
while (Date.now() < Number(start)) await pause(1);
process.stdout.write(tryLock(folder) === null ? 'busy' : 'held');
await pause(4_000);
