import { spawn } from 'node:child_process';
import { browserProgram, documentOf, withProfile } from '../../scripts/browser.js';

export { browserProgram, documentOf };

/** Opens an address until `done` resolves. */
export async function browseUntil<T>(url: string, done: Promise<T>): Promise<T> {
  return withProfile(async (flags) => {
    const browser = spawn(browserProgram!, [...flags, '--remote-debugging-port=0', url], { stdio: 'ignore' });
    const ended = new Promise((resolve) => browser.once('exit', resolve));
    try {
      return await done;
    } finally {
      browser.kill('SIGKILL');
      await ended;
    }
  });
}
