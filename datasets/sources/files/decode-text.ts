import { errorAt } from '../../../contracts/errors.js';

const NEW_LINE = 0x0a;

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) lines += 1;
  return lines;
}

const decodes = (bytes: Uint8Array, complete: boolean): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !complete });
    return true;
  } catch {
    return false;
  }
};

/** Index of the first line in a chunk that is not UTF-8. The chunk may start and end within a character. */
function firstBadLine(chunk: Uint8Array): number {
  let start = 0;
  while (start < 3 && (chunk[start]! & 0xc0) === 0x80) start += 1; // rest of a character of the previous chunk
  for (let line = 0; ; line++) {
    const end = chunk.indexOf(NEW_LINE, start);
    if (!decodes(chunk.subarray(start, end < 0 ? chunk.length : end), end >= 0)) return line;
    if (end < 0) return 0;
    start = end + 1;
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Bytes at the beginning by which UTF-16 without byte order mark is recognised. */
const SAMPLE = 256;

/** UTF-16 by its byte order mark, or by the NUL bytes that ASCII text has at every second place. */
function encodingOf(start: Uint8Array): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  const sample = start.subarray(0, Math.min(SAMPLE, start.length - (start.length % 2)));
  const nulls = [0, 1].map((parity) => sample.filter((byte, i) => i % 2 === parity && byte === 0).length);
  const most = 0.4 * sample.length;
  if (sample.length === 0 || Math.max(...nulls) < most) return 'utf-8';
  return nulls[1]! >= most ? 'utf-16le' : 'utf-16be';
}

const notText = (file: string, line: number, fault?: unknown): Error =>
  errorAt(
    'MALFORMED_FILE',
    { file, line },
    'found bytes that are not UTF-8 text (or NUL); save the file as UTF-8',
    fault,
  );

async function* decodeUtf8(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 1;
  for await (const chunk of bytes) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (fault) {
      throw notText(file, lines + firstBadLine(chunk), fault);
    }
    const nul = chunk.indexOf(0);
    if (nul >= 0) throw notText(file, lines + countLines(chunk.subarray(0, nul)));
    lines += countLines(chunk);
    if (text !== '') yield text;
  }
  try {
    decoder.decode();
  } catch (fault) {
    throw notText(file, lines, fault);
  }
}

async function* decodeUtf16(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  encoding: Encoding,
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let lines = 1;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (fault) {
      throw errorAt(
        'MALFORMED_FILE',
        { file, line: lines },
        'found bytes that are not UTF-16 text; save the file as UTF-8',
        fault,
      );
    }
  };
  for await (const chunk of bytes) {
    const text = decode(chunk);
    if (text.includes('\0')) throw notText(file, lines);
    lines += text.split('\n').length - 1;
    if (text !== '') yield text;
  }
  decode();
}

/**
 * Decodes UTF-8 or UTF-16 and removes a byte order mark.
 * @throws PipelineError `MALFORMED_FILE` naming the line, for bytes that are no such text and for NUL.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  const encoding = encodingOf(first.value);
  yield* encoding === 'utf-8' ? decodeUtf8(all, file) : decodeUtf16(all, file, encoding);
}

/** A stream of text with its beginning. */
export interface TextHead {
  /** The first characters; `text` yields them again. */
  readonly head: string;
  readonly text: AsyncIterable<string>;
}

/** Reads ahead until `enough(head)` is true or the text ends. */
export async function peekText(source: AsyncGenerator<string>, enough: (head: string) => boolean): Promise<TextHead> {
  let head = '';
  let ended = false;
  while (!ended && !enough(head)) {
    const next = await source.next();
    if (next.done === true) ended = true;
    else head += next.value;
  }
  const text = (async function* () {
    yield head;
    yield* source;
  })();
  return { head, text };
}
