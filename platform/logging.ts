import pino from 'pino';
import pretty from 'pino-pretty';
import { createMask } from '../learning/text/personal-data/index.js';
import type { Config } from './config/config.js';

/** Level and process name of a logger. */
export interface LoggerOptions {
  readonly level: Config['logLevel'];
  /** Process name, written into each line: `supervisor`, `worker-training`, `ml`. */
  readonly name: string;
}

/** Numbers and addresses of people never reach a log, whoever put them into a message, a field or an error. */
const masked = <Value>(value: Value): Value => createMask().mask(value);

type LogMethod = NonNullable<NonNullable<pino.LoggerOptions['hooks']>['logMethod']>;

/** pino itself would take the message of an error from the error as it is. */
const maskArguments: LogMethod = function (values, method) {
  const [first, ...rest] = values as unknown[];
  const given = first instanceof Error ? [{ err: first }, rest[0] ?? first.message, ...rest.slice(1)] : values;
  method.apply(this, given.map(masked) as Parameters<typeof method>);
};

const maskError = (fault: unknown): unknown =>
  masked(fault instanceof Error ? { ...pino.stdSerializers.err(fault) } : fault);

/**
 * Logs to standard error, so that standard output contains results only: one JSON object a line, or formatted lines on a
 * terminal. Numbers and addresses of people are masked. Writes are synchronous, so that the last lines before a crash
 * are written too.
 */
export function createLogger({ level, name }: LoggerOptions, destination = standardError()): pino.Logger {
  const serializers = { err: maskError };
  const hooks = { logMethod: maskArguments };
  return pino({ level, name, serializers, hooks, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

const standardError = (): pino.DestinationStream =>
  process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : pino.destination({ dest: 2, sync: true });
