import { type Command, CommanderError } from 'commander';
import { PipelineError } from '../contracts/errors.js';
import { createContext } from './program/context.js';
import { errorDocument, exitCodeOf, formatError, toPipelineError } from './program/errors.js';
import type { Output } from './output/output.js';
import { createOutput } from './output/output.js';
import { keepBuildInUse } from '../platform/build-in-use.js';
import { processEnvironment } from '../platform/config/environment.js';
import { buildProgram, helpCommand } from './program/program.js';
import { asTyped, typedProgram } from './program/typed-commands.js';

/** The flags of the output are read before the command line is parsed, so that a parse error respects them too. */
function openOutput(argv: readonly string[]): Output {
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const environment = processEnvironment();
  const program = typedProgram(process.argv[1], environment);
  return createOutput(
    { stdout: process.stdout, stderr: process.stderr },
    {
      json: flags.includes('--json'),
      verbose: flags.includes('--verbose'),
      terminal: environment,
      asTyped: (text) => asTyped(text, program),
    },
  );
}

/** `train` of `ml train x` and of `ml help train`; null of `ml --help`. */
function wantedCommand(argv: readonly string[]): string | null {
  const words = argv.filter((word) => !word.startsWith('-'));
  return (words[0] === 'help' ? words[1] : words[0]) ?? null;
}

/** Commander ends help and usage errors by throwing; help is a success only when it was asked for. */
function usageExit(error: CommanderError, help: string, out: Output): number {
  if (error.exitCode === 0) return 0;
  if (error.code === 'commander.help') return 2;
  const message = error.message.replace(/^error: /, '');
  return report(new PipelineError('INVALID_INPUT', message, { help }), out);
}

function report(error: PipelineError, out: Output): number {
  out.result(errorDocument(error), () => printError(error, out));
  if (out.json && out.verbose) printError(error, out);
  return exitCodeOf(error);
}

function printError(error: PipelineError, out: Output): void {
  for (const line of formatError(error, out.paint, out.verbose)) out.notice(line);
}

/** Runs the command. @returns the usage error by which it ended, help included; null without one. */
async function parse(program: Command, argv: readonly string[]): Promise<CommanderError | null> {
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return null;
  } catch (fault) {
    if (fault instanceof CommanderError) return fault;
    throw fault;
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const out = openOutput(argv);
  const context = createContext(out);
  try {
    const program = await buildProgram(context.cli, wantedCommand(argv));
    const misuse = await parse(program, argv);
    return misuse === null ? context.exitCode() : usageExit(misuse, helpCommand(program, argv), out);
  } catch (fault) {
    return report(toPipelineError(fault), out);
  } finally {
    await context.close();
  }
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader closed the pipe (`ml runs list | head`): not an error.
  if (error.code === 'EPIPE') process.exit(0);
});
keepBuildInUse();
process.exitCode = await main(process.argv.slice(2));
// An open socket must not keep a finished command running.
setTimeout(() => process.exit(), 2000).unref();
