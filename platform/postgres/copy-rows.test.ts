import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { copyRows, forEachRow, frameRows, RowBuffer } from './copy-rows.js';

const message = (kind: string, body = ''): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(body)]);
};

interface Copy {
  submit(connection: object): void;
  handleCommandComplete(): void;
  handleError(fault: Error): void;
  handleReadyForQuery(): void;
}

/** A client whose server sends pieces of bytes; `driver` receives what is not for the copy. */
function clientOf(pieces: readonly Buffer[], driver: (bytes: Buffer, copy: Copy) => void): pg.ClientBase {
  const stream = new EventEmitter();
  return {
    query(copy: Copy) {
      stream.on('data', (bytes: Buffer) => driver(bytes, copy));
      copy.submit({ stream, query: () => pieces.forEach((piece) => stream.emit('data', piece)) });
      copy.handleReadyForQuery();
    },
  } as unknown as pg.ClientBase;
}

const piecesOf = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end)).filter(({ length }) => length > 0);
};

const textsIn = (rows: Buffer): string[] => {
  const found: string[] = [];
  forEachRow(rows, (start, end) => found.push(rows.toString('utf8', start, end)));
  return found;
};

describe('copyRows', () => {
  it('returns the rows wherever the stream is cut, and hands everything else to the driver', async () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(lines, lines, fc.array(fc.nat(), { maxLength: 12 }), async (first, second, cuts) => {
        const notice = message('N', 'a notice');
        const end = [message('c'), message('C', 'COPY 2'), message('Z', 'I')];
        const bytes = Buffer.concat([message('H', 'x'), frameRows(first), notice, frameRows(second), ...end]);
        const others: Buffer[] = [];
        const rows = await copyRows(
          clientOf(piecesOf(bytes, cuts), (piece, copy) => {
            others.push(piece);
            const all = Buffer.concat(others).subarray(notice.length);
            if (all.length >= end[1]!.length) copy.handleCommandComplete();
          }),
          'copy',
        );
        expect(textsIn(rows)).toEqual([...first, ...second]);
        expect(Buffer.concat(others)).toEqual(Buffer.concat([notice, end[1]!, end[2]!]));
      }),
      { numRuns: 100 },
    );
  });

  it('rejects with the error of the server, and of a connection that ends between two rows', async () => {
    const rows = frameRows(['a']);
    const failing = clientOf([Buffer.concat([rows, message('E', 'SFATAL')])], (_, copy) => copy.handleError(new Error('its error'))); // prettier-ignore
    await expect(copyRows(failing, 'copy')).rejects.toThrow('its error');
    const stream = new EventEmitter();
    const ended = {
      query: (copy: Copy) => {
        stream.on('data', () => undefined);
        copy.submit({ stream, query: () => stream.emit('data', rows) });
        copy.handleError(new Error('Connection terminated unexpectedly'));
      },
    } as unknown as pg.ClientBase;
    await expect(copyRows(ended, 'copy')).rejects.toThrow('terminated');
  });

  it('uses its buffer again, and enlarges it', async () => {
    const buffer = new RowBuffer();
    for (const size of [3_000_000, 5]) {
      const bytes = Buffer.concat([frameRows(['x'.repeat(size)]), message('C')]);
      const rows = await copyRows(
        clientOf([bytes], (_, copy) => copy.handleCommandComplete()),
        'copy',
        buffer,
      );
      expect(textsIn(rows)).toEqual(['x'.repeat(size)]);
    }
  });
});
