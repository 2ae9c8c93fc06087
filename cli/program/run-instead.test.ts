import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runInstead } from './run-instead.js';

const node = (script: string) => ({ file: process.execPath, args: ['-e', script] });

describe('runInstead', () => {
  it.each([
    ['its exit code', 'process.exit(3)', 3],
    ['128 and the number of the signal that ended it', "process.kill(process.pid, 'SIGTERM')", 143],
  ])('gives %s', async (_, script, code) => expect(await runInstead(node(script))).toBe(code));

  it('rejects for a program that cannot be started', () =>
    expect(runInstead({ file: '/nowhere/node', args: [] })).rejects.toThrow('ENOENT'));
});

/** A program that waits, started by `runInstead` of a process of its own. */
const waiting = `process.on('SIGTERM', () => { console.log('asked'); process.exit(7); });
process.once('disconnect', () => { console.log('left'); process.exit(0); });
console.log('runs'); setInterval(() => undefined, 1000);`;
const start = () => {
  const loader = fileURLToPath(import.meta.resolve('tsx'));
  const module = fileURLToPath(new URL('./run-instead.ts', import.meta.url));
  const script = `const { runInstead } = await import(${JSON.stringify(module)});
process.exit(await runInstead(${JSON.stringify(node(waiting))}));`;
  const args = ['--import', loader, '--input-type=module', '-e', script];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
};

it.each([
  ['SIGTERM', 'asked', 7],
  ['SIGKILL', 'left', null],
] as const)('a program learns of %s to its starter', async (signal, told, code) => {
  const starter = start();
  const printed = text(starter.stdout); // ends when both processes have
  await once(starter.stdout, 'data');
  starter.kill(signal);
  expect([(await once(starter, 'exit'))[0], await printed]).toEqual([code, `runs\n${told}\n`]);
});
