import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { errorTable, type ErrorCode } from '../../contracts/errors.js';
import { projectRoot } from '../../platform/project.js';
import { commandFiles } from './commands.js';
import type { CliContext } from './context.js';
import { adviceOf } from './errors.js';
import { buildProgram } from './program.js';

/** `ml …` as texts write it: in backticks (escaped in source), or alone on a line of a code block or of README's list. */
const named = /(?:\\?`|^ {0,4}|&& )(?:npm run (?:-s )?ml --|npx ml|ml) ([^`\n$#]+)/gm;

const commandsIn = (text: string): string[] => [...text.matchAll(named)].map(([, line = '']) => line.trim());

const programs = new Map<string, Promise<Command>>();
const programOf = (name: string): Promise<Command> => {
  const known = programs.get(name) ?? buildProgram({} as CliContext, name);
  programs.set(name, known);
  return known;
};

/** The words that name commands (`list|show` names two), then long flags; `&&` and a backslash before `|` are text. */
async function faultOf(line: string): Promise<string | null> {
  const words = line.split(' && ')[0]!.replaceAll('\\', '').split(/\s+/);
  if (words[0] === 'help') words.shift(); // Commander's own: `ml help train` is `ml train --help`
  const [first = ''] = words;
  if (first.startsWith('<') || first.startsWith('-')) return null;
  if (!Object.hasOwn(commandFiles, first)) return `there is no command ${first}`;
  const command = (await programOf(first)).commands.find((one) => one.name() === first)!;
  return commandFault(command, words, 1);
}

/** The fault of a command, or of those below it that the word at `depth` names. */
function commandFault(command: Command, words: readonly string[], depth: number): string | null {
  const below = words[depth];
  if (command.commands.length === 0 || below === undefined) return flagFault(command, words);
  for (const name of below.split('|')) {
    const child = command.commands.find((one) => one.name() === name);
    if (child === undefined) return `ml ${words.slice(0, depth).join(' ')} has no ${name}`;
    const fault = commandFault(child, words, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

function flagFault(command: Command, words: readonly string[]): string | null {
  const known = [...command.options.map(({ long }) => long), '--help'];
  const flags = words.flatMap((word) => word.match(/^\[?(--[a-z-]+)/)?.[1] ?? []);
  const unknown = flags.filter((flag) => !known.includes(flag));
  return unknown.length === 0 ? null : `${command.name()} has no ${unknown.join(', ')}`;
}

async function faultsIn(text: string): Promise<string[]> {
  const faults = await Promise.all(commandsIn(text).map(async (line) => [line, await faultOf(line)] as const));
  return faults.filter(([, fault]) => fault !== null).map(([line, fault]) => `ml ${line}: ${fault}`);
}

const readable = ['README.md', 'CONTRIBUTING.md', '.env.example'];
const folders = [
  'docs',
  'contracts',
  'datasets',
  'feature-store',
  'registry',
  'platform',
  'inference',
  'training',
  'labelling',
  'activities',
  'composition',
  'workers',
  'cli',
  'scripts',
];

const filesBelow = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|md)$/.test(path))
    .map((path) => join(folder, path));

describe('commands named in texts', () => {
  it('are reported when they do not exist', async () => {
    expect(await faultsIn('`ml data list` shows them')).toEqual(['ml data list: ml data has no list']);
    expect(await faultsIn('    ml retrian')).toEqual(['ml retrian: there is no command retrian']);
    expect(await faultsIn('`ml runs list|shw`')).toHaveLength(1);
    expect(await faultsIn('ml down --wype')).toEqual(['ml down --wype: down has no --wype']);
    expect(await faultsIn('`ml data use <name>`, `ml <command> --help`')).toEqual([]);
  });

  it('exist, in the advice of every error', async () => {
    const advice = (Object.keys(errorTable) as ErrorCode[]).map(adviceOf).join('\n');
    expect(commandsIn(advice).length).toBeGreaterThan(8);
    expect(await faultsIn(advice)).toEqual([]);
  });

  it('exist, in the pages and in the messages of the program', async () => {
    const paths = [...readable, ...folders.flatMap(filesBelow)].filter((path) => !path.endsWith('.test.ts'));
    expect(paths.length).toBeGreaterThan(100);
    for (const path of paths) expect(await faultsIn(readFileSync(join(projectRoot, path), 'utf8')), path).toEqual([]);
  });
});
