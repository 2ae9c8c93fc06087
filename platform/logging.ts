import pino from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config/config.js';

/** Level and process name of a logger. */
export interface LoggerOptions {
  readonly level: Config['logLevel'];
  /** Process name, written into each line: `supervisor`, `worker-training`, `ml`. */
  readonly name: string;
}

/**
 * Logs to standard error, so that standard output contains results only: one JSON object a line, or formatted lines on a
 * terminal. Writes are synchronous, so that the last lines before a crash are written too.
 */
export function createLogger({ level, name }: LoggerOptions): pino.Logger {
  const destination = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : pino.destination({ dest: 2, sync: true });
  return pino({ level, name, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
