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

/** Encodings that are read; Windows-1252 is what spreadsheets of western Europe write, and nearly ISO 8859-1. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

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
    'found bytes that are not UTF-8 text (or NUL); save the file as UTF-8, or name its encoding: --encoding',
    fault,
  );

const WESTERN = 'windows-1252';
/** Bytes that Windows-1252 has no character for, and controls that no text has. */
const isNoLetter = (byte: number): boolean =>
  [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte) || (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte));
/** A character of several bytes, as no one-byte encoding has it but by chance. */
const MULTI_BYTE = /[\xc3-\xf4][\x80-\xbf]/;

/** True for bytes that are not UTF-8 and read as Windows-1252; a broken character among sound ones is a fault of the file. */
const isWestern = (bytes: Uint8Array): boolean =>
  !bytes.some(isNoLetter) && !MULTI_BYTE.test(Buffer.from(bytes).toString('latin1'));

/** Bytes of 0x80 and above at the end, which may be the beginning of a character. */
function openEnd(bytes: Uint8Array): Uint8Array {
  let start = bytes.length;
  while (start > 0 && bytes.length - start < 3 && bytes[start - 1]! >= 0x80) start -= 1;
  return bytes.subarray(start);
}

/** Decodes UTF-8 while it is UTF-8. Bytes that only follow ASCII and read as Windows-1252 are decoded so. */
class TextStream {
  readonly #file: string;
  readonly #onWestern: () => void;
  #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Only ASCII so far, but for `#open`. */
  #ascii = true;
  #open: Uint8Array = new Uint8Array();
  #lines = 1;

  constructor(file: string, onWestern: () => void) {
    this.#file = file;
    this.#onWestern = onWestern;
  }

  decode(chunk: Uint8Array): string {
    const nul = chunk.indexOf(0);
    if (nul >= 0) throw notText(this.#file, this.#lines + countLines(chunk.subarray(0, nul)));
    const text = this.#decode(chunk);
    this.#lines += countLines(chunk);
    return text;
  }

  end(): string {
    try {
      return this.#decoder.decode();
    } catch (fault) {
      throw notText(this.#file, this.#lines, fault); // the file is cut inside a character
    }
  }

  #decode(chunk: Uint8Array): string {
    try {
      const text = this.#decoder.decode(chunk, { stream: true });
      const open = openEnd(chunk);
      // A character of several bytes is shorter as text.
      this.#ascii &&= text.length === this.#open.length + chunk.length - open.length;
      this.#open = open;
      return text;
    } catch (fault) {
      const bytes = Buffer.concat([this.#open, chunk]);
      if (!this.#ascii || !isWestern(bytes)) throw notText(this.#file, this.#lines + firstBadLine(chunk), fault);
      return this.#western(bytes);
    }
  }

  #western(bytes: Uint8Array): string {
    this.#onWestern();
    this.#decoder = new TextDecoder(WESTERN);
    this.#ascii = false;
    return this.#decoder.decode(bytes, { stream: true });
  }
}

async function* decodeUtf8(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  onWestern: () => void,
): AsyncGenerator<string> {
  const stream = new TextStream(file, onWestern);
  for await (const chunk of bytes) {
    const text = stream.decode(chunk);
    if (text !== '') yield text;
  }
  const rest = stream.end();
  if (rest !== '') yield rest;
}

async function* decodeWestern(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(WESTERN);
  let lines = 1;
  for await (const chunk of bytes) {
    if (chunk.includes(0)) throw notText(file, lines);
    lines += countLines(chunk);
    yield decoder.decode(chunk, { stream: true });
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

/** How the encoding of a file is found. */
export interface DecodeOptions {
  /** @default detected */
  readonly encoding?: Encoding | undefined;
  /** Takes a sentence where the text turned out to be in another encoding than Unicode. */
  readonly remark?: (sentence: string) => void;
}

/**
 * Decodes UTF-8, UTF-16 or Windows-1252 and removes a byte order mark.
 * @throws PipelineError `MALFORMED_FILE` naming the line, for bytes that are no such text and for NUL.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  { encoding, remark = () => undefined }: DecodeOptions = {},
): AsyncGenerator<string> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const all = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  const found = encoding ?? encodingOf(first.value);
  if (found === WESTERN) yield* decodeWestern(all, file);
  else if (found !== 'utf-8') yield* decodeUtf16(all, file, found);
  else yield* decodeUtf8(all, file, () => remark('not UTF-8: read as Windows-1252'));
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
