import type { LoggedAnswer, SealedRow } from '../../inference/prediction-log/sealed-row.js';
import { sealAnswer } from '../../inference/prediction-log/sealed-row.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import type { BulkWriter } from './bulk-writer.js';
import type { DurableWriter } from './durable-writer.js';

/** What becomes of rows of the log. */
export interface LogStatus {
  /** `degraded`: rows reach the database late, or some were dropped since it last took them. */
  readonly status: 'ok' | 'degraded';
  /** Rows in memory. */
  readonly waiting: number;
  /** Rows that had no place in memory and spool while the database was away, since the start. */
  readonly dropped: number;
  /** Rows that went to the local spool, since the start. */
  readonly spooled: number;
}

/** Where answers are recorded. */
export interface PredictionLog {
  /** Records answers in the background. Costs the caller next to nothing, whatever the database does. */
  append(answers: readonly LoggedAnswer[]): void;
  /** Resolves when the answers are on a disk. @throws PipelineError `STORAGE_FULL`, `INTERNAL` when they cannot be. */
  appendDurably(answers: readonly LoggedAnswer[]): Promise<void>;
  status(): LogStatus;
}

export interface PredictionLogParts {
  readonly keys: KeyRing;
  readonly bulk: Pick<BulkWriter, 'append' | 'waiting' | 'dropped' | 'spooled' | 'isBehind'>;
  readonly durable: Pick<DurableWriter, 'append' | 'spooled' | 'isBehind'>;
  /** Told of a row that cannot be packed or encrypted. */
  readonly onFault: (fault: unknown) => void;
}

/** Rows sealed in one turn of the event loop. */
const ROWS_A_TURN = 32;
/** Answers that wait to be sealed, at most. */
const MOST_UNSEALED = 10_000;

/** Seals answers between requests, not within them. */
export class SealingLog implements PredictionLog {
  readonly #parts: PredictionLogParts;
  readonly #unsealed: LoggedAnswer[] = [];
  #scheduled = false;
  #dropped = 0;

  constructor(parts: PredictionLogParts) {
    this.#parts = parts;
  }

  append(answers: readonly LoggedAnswer[]): void {
    for (const answer of answers)
      if (this.#unsealed.length < MOST_UNSEALED) this.#unsealed.push(answer);
      else this.#dropped += 1;
    this.#schedule();
  }

  async appendDurably(answers: readonly LoggedAnswer[]): Promise<void> {
    const { keys, durable } = this.#parts;
    await durable.append(answers.map((answer) => sealAnswer(keys, answer)));
  }

  status(): LogStatus {
    const { bulk, durable } = this.#parts;
    return {
      status: bulk.isBehind || durable.isBehind ? 'degraded' : 'ok',
      waiting: this.#unsealed.length + bulk.waiting,
      dropped: this.#dropped + bulk.dropped,
      spooled: bulk.spooled + durable.spooled,
    };
  }

  /** Seals all that waits; for the end of the process. */
  finish(): void {
    while (this.#unsealed.length > 0) this.#sealSome();
  }

  #schedule(): void {
    if (this.#scheduled || this.#unsealed.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#sealSome();
      this.#schedule();
    });
  }

  #sealSome(): void {
    for (const answer of this.#unsealed.splice(0, ROWS_A_TURN)) {
      const row = this.#seal(answer);
      if (row !== null) this.#parts.bulk.append(row);
    }
  }

  #seal(answer: LoggedAnswer): SealedRow | null {
    try {
      return sealAnswer(this.#parts.keys, answer);
    } catch (fault) {
      this.#dropped += 1;
      this.#parts.onFault(fault);
      return null;
    }
  }
}
