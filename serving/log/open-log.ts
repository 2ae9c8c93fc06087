import { join } from 'node:path';
import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.js';
import { dropOldPartitions, ensurePartitionsAhead } from '../../inference/prediction-log/partitions.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { sleep } from '../../platform/sleep.js';
import { BulkWriter } from './bulk-writer.js';
import { DurableWriter } from './durable-writer.js';
import { LogConnection } from './log-connection.js';
import { type PredictionLog, SealingLog } from './prediction-log.js';
import { openSpool, type Spool } from './spool.js';

export interface OpenLogOptions {
  readonly databaseUrl: string;
  /** State directory: the spool is below it. */
  readonly home: string;
  readonly keys: KeyRing;
  /** Days that rows are kept. */
  readonly keepDays: number;
  /** Bytes of rows that are written in the background, of which the disk takes those that memory cannot; 0: none. */
  readonly mostSpoolBytes: number;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** The log of one process, writing. */
export interface OpenLog {
  readonly log: PredictionLog;
  /** Makes partitions ahead and drops old ones, now and every hour, until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
  /** Writes what waits, when the database takes it; durable rows that it does not take stay in the spool. */
  close(): Promise<void>;
}

/** A request waits this long for the commit of its row before the row goes to the spool. */
const DIRECT_TIMEOUT_MS = 500;
/** Twice this is less than the time that a process has for ending. */
const BACKGROUND_TIMEOUT_MS = 5_000;
const UPKEEP_EVERY_MS = 3_600_000;
const UPKEEP_RETRY_MS = 30_000;

export function openPredictionLog(options: OpenLogOptions): OpenLog {
  const { databaseUrl, home, keys, keepDays, mostSpoolBytes, logger } = options;
  const connect = (timeoutMs: number): LogConnection => new LogConnection(databaseUrl, timeoutMs);
  const sinks = {
    direct: connect(DIRECT_TIMEOUT_MS),
    background: connect(BACKGROUND_TIMEOUT_MS),
    bulk: connect(BACKGROUND_TIMEOUT_MS),
    upkeep: connect(BACKGROUND_TIMEOUT_MS),
  };
  const spoolOf = (name: string): Spool =>
    openSpool(join(home, 'spool', name), (file) =>
      logger.error({ file }, 'a spool of predictions is damaged and was kept; its first rows were written'),
    );
  const tell = (writer: string) => (reason: string | null) =>
    reason === null
      ? logger.info({ writer }, 'the prediction log is written again')
      : logger.warn({ writer, err: reason }, 'the prediction log cannot be written to the database now');
  const durable = new DurableWriter({ ...sinks, spool: spoolOf('predictions'), onChange: tell('durable') });
  const bulk = new BulkWriter({
    ...{ sink: sinks.bulk, onChange: tell('bulk'), mostSpoolBytes },
    spool: mostSpoolBytes === 0 ? null : spoolOf('predictions-in-background'),
    onLost: (err) => logger.error({ err }, 'rows of the prediction log were lost: the disk takes none'),
  });
  const onFault = (err: unknown): void => logger.error({ err }, 'an answer cannot be logged');
  const log = new SealingLog({ keys, bulk, durable, onFault });
  return {
    log,
    follow: (signal) => keepUp(sinks.upkeep, { signal, keepDays, logger }),
    async close() {
      log.finish();
      const [lost] = await Promise.all([bulk.close(), durable.close()]);
      for (const sink of Object.values(sinks)) sink.close();
      if (lost > 0) logger.warn({ rows: lost }, 'rows of the prediction log were lost: the database took none');
    },
  };
}

interface Upkeep extends Pick<OpenLogOptions, 'keepDays' | 'logger'> {
  readonly signal: AbortSignal;
}

async function keepUp(connection: LogConnection, { signal, keepDays: days, logger }: Upkeep): Promise<void> {
  let pause = 0;
  while (await sleep(pause, signal))
    try {
      const now = Date.now();
      await connection.run((client) => ensurePartitionsAhead(client, now));
      const dropped = await connection.run((client) => dropOldPartitions(client, { now, days }));
      if (dropped.length > 0) logger.info({ dropped }, 'old days of the prediction log were dropped');
      connection.close();
      pause = UPKEEP_EVERY_MS;
    } catch (fault) {
      logger.warn({ err: messageOf(fault) }, 'partitions of the prediction log were not looked after');
      pause = UPKEEP_RETRY_MS;
    }
}
