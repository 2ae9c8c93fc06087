import type { Logger as TemporalLogger, LogMetadata } from '@temporalio/worker';
import type { Logger } from 'pino';

type PinoLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Writes Temporal's log lines, including those of workflows and activities, to this process's logger. */
export function temporalLogger(logger: Logger): TemporalLogger {
  const at =
    (level: PinoLevel) =>
    (message: string, meta: LogMetadata = {}): void =>
      logger[level](plain(meta), message);
  return {
    log: (level, message, meta) => at(level.toLowerCase() as PinoLevel)(message, meta),
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

/** Without task tokens, which mean nothing to a reader, and 64-bit numbers, which JSON cannot hold. */
function plain({ error, ...meta }: LogMetadata): object {
  const members = Object.entries(meta).filter(([name, value]) => name !== 'taskToken' && typeof value !== 'bigint');
  return { ...Object.fromEntries(members), ...(error === undefined ? {} : { err: error as unknown }) };
}
