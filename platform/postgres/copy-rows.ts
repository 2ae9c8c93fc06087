import type pg from 'pg';

/** First byte of the messages of PostgreSQL's protocol that a COPY reads; see its chapter "Message Formats". */
const COPY_DATA = 0x64; // d
const COPY_DONE = 0x63; // c
const COPY_OUT_RESPONSE = 0x48; // H
/** Notices, settings and notifications, which may come at any time. */
const ASIDES: ReadonlySet<number> = new Set([0x4e, 0x53, 0x41]); // N, S, A
/** A byte for the kind, and four for the length of all but that byte. */
const HEADER = 5;

const FIRST_BYTES = 2 ** 20;

/**
 * Memory for the rows of one COPY after another. The pieces that come from the socket are copied into it, so that they
 * are freed at once: kept until the end of a page they cost more in garbage collection than all that is done with them.
 */
export class RowBuffer {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;

  clear(): void {
    this.#used = 0;
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (this.#used + end - start > this.#bytes.length) this.#grow(this.#used + end - start);
    this.#used += bytes.copy(this.#bytes, this.#used, start, end);
  }

  #grow(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }

  /** What was added; valid until it is cleared. */
  rows(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }
}

type Listener = (bytes: Buffer) => void;

/** The parts of the driver's connection that a query may take over. */
interface Connection {
  query(text: string): void;
  readonly stream: NodeJS.ReadableStream;
}

/**
 * Receives the rows of a COPY as the server's messages, whole pieces of memory at a time. The package pg-copy-streams
 * takes each row apart in a list of buffers, which costs as much as everything else that is done with it.
 */
class CopyRows {
  /** The driver would set one that also reports results. */
  readonly callback = (): void => undefined;
  readonly #text: string;
  readonly #resolve: (rows: Buffer) => void;
  readonly #reject: (fault: Error) => void;
  readonly #kept: RowBuffer;
  #rest: Buffer = Buffer.alloc(0);
  #connection: Connection | null = null;
  #listener: Listener | null = null;
  #fault: Error | null = null;

  constructor(
    { text, into }: { readonly text: string; readonly into: RowBuffer },
    resolve: (rows: Buffer) => void,
    reject: (fault: Error) => void,
  ) {
    this.#text = text;
    this.#kept = into;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    this.#listener = connection.stream.listeners('data')[0] as Listener;
    connection.stream.removeListener('data', this.#listener);
    connection.stream.on('data', this.#onData);
    connection.query(this.#text);
  }

  readonly #onData = (bytes: Buffer): void => {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let [start, at] = [0, 0];
    while (at + HEADER <= all.length) {
      const end = at + 1 + all.readUInt32BE(at + 1);
      if (end > all.length) break;
      const kind = all[at]!;
      if (kind !== COPY_DATA) {
        this.#keep(all, start, at);
        if (ASIDES.has(kind)) this.#listener!(all.subarray(at, end));
        else if (kind !== COPY_OUT_RESPONSE && kind !== COPY_DONE) {
          this.#giveBack(all.subarray(at));
          return;
        }
        start = end;
      }
      at = end;
    }
    this.#keep(all, start, at);
    this.#rest = Buffer.from(all.subarray(at)); // a copy, so that the piece is freed
  };

  #keep(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.#kept.add(bytes, start, end);
  }

  /** Everything after the rows is for the driver: an error, or the end of the command. */
  #giveBack(bytes: Buffer): void {
    this.#rest = Buffer.alloc(0);
    const [stream, listener] = [this.#connection!.stream, this.#listener!];
    stream.removeListener('data', this.#onData);
    stream.on('data', listener);
    listener(bytes);
  }

  handleError(fault: Error): void {
    this.#fault = fault;
    this.#reject(fault);
  }

  handleCommandComplete(): void {
    if (this.#fault === null) this.#resolve(this.#kept.rows());
  }

  handleReadyForQuery(): void {
    // The rows were handed over at the end of the command.
  }
}

/**
 * Runs `copy … to stdout` and returns its rows in the form in which the server sends them: each as 5 bytes, of which the
 * last four are the length of all but the first (big endian), then its text with the line feed. `forEachRow` walks them.
 * @param into - its former content is lost. @throws the driver's error.
 */
export const copyRows = (client: pg.ClientBase, statement: string, into = new RowBuffer()): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    into.clear();
    const copy = new CopyRows({ text: statement, into }, resolve, reject);
    client.query(copy as unknown as pg.Submittable);
  });

/** Calls `visit` with the bounds of each row's text in what `copyRows` returned, without the line feed. */
export function forEachRow(rows: Buffer, visit: (start: number, end: number) => void): void {
  for (let at = 0; at < rows.length;) {
    const end = at + 1 + rows.readUInt32BE(at + 1);
    visit(at + HEADER, end - 1);
    at = end;
  }
}

/** Lines in the form of `copyRows`. @param lines - without line feed. */
export function frameRows(lines: readonly string[]): Buffer {
  const framed = lines.map((line) => {
    const text = Buffer.from(`${line}\n`);
    const header = Buffer.alloc(HEADER);
    header.writeUInt8(COPY_DATA);
    header.writeUInt32BE(text.length + HEADER - 1, 1);
    return Buffer.concat([header, text]);
  });
  return Buffer.concat(framed);
}
