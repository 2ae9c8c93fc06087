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

/**
 * Decodes UTF-8 and removes a byte order mark.
 * @throws PipelineError `MALFORMED_FILE` naming the line, for bytes that are not UTF-8 and for NUL.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const notText = (line: number, fault?: unknown): Error =>
    errorAt(
      'MALFORMED_FILE',
      { file, line },
      'found bytes that are not UTF-8 text (or NUL); save the file as UTF-8',
      fault,
    );
  let lines = 1;
  for await (const chunk of bytes) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (fault) {
      throw notText(lines + firstBadLine(chunk), fault);
    }
    const nul = chunk.indexOf(0);
    if (nul >= 0) throw notText(lines + countLines(chunk.subarray(0, nul)));
    lines += countLines(chunk);
    if (text !== '') yield text;
  }
  try {
    decoder.decode();
  } catch (fault) {
    throw notText(lines, fault);
  }
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
