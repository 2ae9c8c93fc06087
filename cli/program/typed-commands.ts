import { basename } from 'node:path';
import type { Environment } from '../../platform/config/environment.js';
import { commandFiles } from './commands.js';

/**
 * What stands before the name of a command when a person types it again: `ml` where it was found on the PATH,
 * `npm run -s ml --` (without npm's banner, so that `--json` stays JSON) after `npm run ml`, else `npx ml`, which works
 * anywhere in a checkout.
 * @param script - `process.argv[1]`: the link that was started, not the file it leads to.
 */
export function typedProgram(script: string | undefined, { npm_lifecycle_event: npmScript }: Environment): string {
  if (npmScript === 'ml') return 'npm run -s ml --';
  return npmScript !== 'npx' && script !== undefined && basename(script) === 'ml' ? 'ml' : 'npx ml';
}

/** Names of commands, and what else follows `ml` in help texts. */
const following = [...Object.keys(commandFiles), 'help', '<command>', '--help', '\\[options\\]'].join('|');
/** A name that follows nothing but a blank, a mark or one of our colours: no path, and not yet written as it works. */
const named = new RegExp(`(?<=^|[^\\w./-]|\\u001b\\[[\\d;]*m)(?<!npx |-- )ml (?=(?:${following})(?![\\w-]))`, 'g');

/** The text with its commands written as `program` says. */
export const asTyped = (text: string, program: string): string =>
  program === 'ml' ? text : text.replace(named, `${program} `);
