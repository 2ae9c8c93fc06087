import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argument } from 'commander';
import { Command } from 'commander';
import { projectRoot } from '../../platform/project.js';
import { commandFiles } from './commands.js';
import type { CliContext } from './context.js';

/**
 * The program with every command's name, but only the wanted command's file loaded: help and errors are printed at once,
 * and a fault in one command's imports cannot break another.
 * @param wanted - the first word of the command line, or null for help.
 */
export async function buildProgram(cli: CliContext, wanted: string | null): Promise<Command> {
  const program = createProgram(cli);
  for (const [name, { summary, load }] of Object.entries(commandFiles)) {
    if (name === wanted) (await load()).register(program, cli);
    else program.command(name).summary(summary).description(summary).allowUnknownOption();
  }
  addCommonOptions(program);
  return program;
}

/** How to ask for help on the command that a command line names, or on the nearest above it: `ml runs rerun --help`. */
export function helpCommand(program: Command, argv: readonly string[]): string {
  const path = [program.name()];
  let command = program;
  for (const word of argv.filter((one) => !one.startsWith('-') && one !== 'help')) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    path.push(word);
    command = next;
  }
  return `${path.join(' ')} --help`;
}

/** Options of the program stand before the command: several commands have a --version of their own. */
function createProgram(cli: CliContext): Command {
  return new Command('ml')
    .description('Trains, judges, promotes and serves the models of this project, durably.')
    .version(projectVersion(), '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ subcommandTerm: commandTerm })
    .configureOutput({
      outputError: () => undefined,
      writeOut: (text) => cli.out.help(text),
      writeErr: (text) => text.trimEnd().split('\n').forEach(cli.out.notice),
    })
    .addHelpText('after', helpFooter);
}

/** Name and arguments, without `[options]`: every command has options. */
const commandTerm = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' ');

const argumentTerm = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

const helpFooter = `
Exit codes: 0 every model ended with a decision · 1 something failed · 2 wrong use or bad input · 3 data rejected
Start here: ml retrain · ml status · ml models list · ml <command> --help`;

/** `--json` and `--verbose` may stand anywhere, so every command knows them. */
function addCommonOptions(command: Command): void {
  command.option('--json', 'print one JSON document on standard output, and nothing else there');
  command.option('--verbose', 'show stack traces and the log on standard error');
  for (const child of command.commands) addCommonOptions(child);
}

function projectVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}
