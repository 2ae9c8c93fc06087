import type { CliContext, Connection } from '../../cli/program/context.js';
import { createOutput } from '../../cli/output/output.js';
import type { Config } from '../../platform/config/config.js';

/** A command's context that keeps what is printed. */
export interface CapturedContext {
  readonly cli: CliContext;
  /** What was printed since the last call. */
  printed(): string;
  /** 0 unless the command set another. */
  exitCode(): number;
}

/** Runs views over connected services, without a process of their own. */
export function captureCommand(
  config: Config,
  connection: Pick<Connection, 'services'> & Partial<Connection>,
  { json = false } = {},
): CapturedContext {
  let text = '';
  let code = 0;
  const stream = { isTTY: false, write: (piece: string) => ((text += piece), true) };
  const out = createOutput({ stdout: stream, stderr: stream }, { json, verbose: false, terminal: {} });
  const connect = () => Promise.resolve(connection as Connection);
  return {
    cli: { config, out, connect, exitWith: (wanted) => void (code = wanted) },
    printed: () => {
      const printed = text;
      text = '';
      return printed;
    },
    exitCode: () => code,
  };
}
