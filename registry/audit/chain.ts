import { createHash } from 'node:crypto';

/** A row as its hash covers it. */
export interface ChainedRow {
  readonly id: string;
  /** Since the epoch. */
  readonly microseconds: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** An entry that was noted outside the database: whoever rewrites the whole chain cannot have its hash too. */
export interface ChainHead {
  readonly id: number;
  readonly hash: string;
}

export interface AuditReport {
  readonly entries: number;
  /** The newest entry; null: there is none. */
  readonly head: ChainHead | null;
  /** The first fault. */
  readonly fault: { readonly id: number; readonly finding: string } | null;
}

/** Hash before the first row. */
const NONE = '0'.repeat(64);

const field = (value: string): string => `${Buffer.byteLength(value)}:${value}`;

/** SHA-256 of the fields, each with its length in bytes before it; the database's trigger computes the same. */
export function hashOfRow(row: Omit<ChainedRow, 'hash'>): string {
  const { id, microseconds, actor, action, subject, details, previousHash } = row;
  const text = [id, microseconds, actor, action, subject, details, previousHash].map(field).join('');
  return createHash('sha256').update(text).digest('hex');
}

/** Takes the rows in the order of their ids. */
export class ChainVerifier {
  readonly #expected: ChainHead | undefined;
  #entries = 0;
  #head: ChainHead | null = null;
  #fault: AuditReport['fault'] = null;
  #metExpected = false;

  constructor(expected?: ChainHead) {
    this.#expected = expected;
  }

  add(row: ChainedRow): void {
    const id = Number(row.id);
    this.#fault ??= this.#faultOf(row, id);
    if (id === this.#expected?.id && row.hash === this.#expected.hash) this.#metExpected = true;
    this.#entries += 1;
    this.#head = { id, hash: row.hash };
  }

  report(): AuditReport {
    return { entries: this.#entries, head: this.#head, fault: this.#fault ?? this.#missingHead() };
  }

  #faultOf(row: ChainedRow, id: number): AuditReport['fault'] {
    const wanted = (this.#head?.id ?? 0) + 1;
    if (id !== wanted) return { id, finding: `follows ${wanted - 1}: entries between them are gone` };
    if (row.previousHash !== (this.#head?.hash ?? NONE))
      return { id, finding: 'does not continue the entry before it, which was changed' };
    return row.hash === hashOfRow(row) ? null : { id, finding: 'was changed: its hash is another one' };
  }

  #missingHead(): AuditReport['fault'] {
    if (this.#expected === undefined || this.#metExpected) return null;
    const { id } = this.#expected;
    const finding = id > (this.#head?.id ?? 0) ? 'is gone, and what came after it' : 'has another hash than was noted';
    return { id, finding };
  }
}
