import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const secrets = z.object({ postgres: z.string().min(1), redis: z.string().min(1) });

/** Passwords of the embedded services, needed because other users of the machine can connect to 127.0.0.1 too. */
export type Secrets = z.infer<typeof secrets>;

/** The passwords of this state directory, generated on first use and kept in a file with mode 600. */
export function loadSecrets(home: string): Secrets {
  const file = join(home, 'secrets.json');
  if (existsSync(file)) return secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  const created: Secrets = { postgres: randomBytes(24).toString('hex'), redis: randomBytes(24).toString('hex') };
  writeFileSync(file, JSON.stringify(created), { mode: 0o600 });
  return created;
}
