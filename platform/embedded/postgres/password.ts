import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../../../contracts/errors.js';
import { writeDurably } from '../../durable-file.js';
import { spawnOptions } from '../processes/run-program.js';
import type { PostgresHost } from './privileges.js';

const SUPERUSER = 'postgres';

/**
 * Gives the superuser of a stopped server this password when the data directory has another one, as after the file with
 * the secrets was lost. The password's hash is kept beside the data; a directory without it has this password.
 * @param base - folder for the hash.
 * @throws PipelineError `SERVICE_CRASHED` when the server cannot be started in single-user mode.
 */
export async function ensurePassword(
  host: PostgresHost,
  { base, dataFolder, password }: { readonly base: string; readonly dataFolder: string; readonly password: string },
): Promise<void> {
  const file = join(base, 'password.sha256');
  const wanted = createHash('sha256').update(password).digest('hex');
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : wanted;
  if (known !== wanted) await setPassword(host, dataFolder, password);
  if (known !== wanted || !existsSync(file)) writeDurably(file, `${wanted}\n`);
}

/** By standard input, so that no process list shows the password. */
async function setPassword(host: PostgresHost, dataFolder: string, password: string): Promise<void> {
  const command = host.command('postgres', ['--single', '-D', dataFolder, 'postgres']);
  const child = spawn(command.file, command.args, { ...spawnOptions(command), stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stdin.end(`alter user ${SUPERUSER} password '${password.replaceAll("'", "''")}'\n`);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode === 0 && !/ERROR|FATAL/.test(output)) return;
  const message = `the password in ${dataFolder} cannot be set anew:\n${output.trim().slice(-2_000)}`;
  throw new PipelineError('SERVICE_CRASHED', message, { exitCode });
}
