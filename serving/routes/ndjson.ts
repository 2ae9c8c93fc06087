import { Readable } from 'node:stream';
import { PipelineError } from '../../contracts/errors.js';
import { BODY_LIMIT_BYTES } from './limits.js';
import { problemOf } from '../http/problem.js';
import { MOST_ROWS_A_TURN } from '../batching/batch-size.js';

/** Bytes of one line, at most. */
const LINE_LIMIT_BYTES = BODY_LIMIT_BYTES;
const LINE_FEED = 10;

/** A line of the stream as JSON, or why it is none. */
type Line = { readonly row: unknown } | { readonly fault: PipelineError };
type Body = AsyncIterable<Uint8Array | string>;

/**
 * Lines of a stream as JSON values, in groups; blank ones are skipped. Lines end at LF only: JSON may contain the other
 * line ends.
 * @throws PipelineError `INVALID_INPUT` for a line over the limit, after which the stream cannot be read on.
 */
async function* readLines(body: Body): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let group: Line[] = [];
  for await (const bytes of linesOf(body)) {
    number += 1;
    const line = parseLine(() => decoder.decode(bytes).trim(), number);
    if (line !== null) group.push(line);
    if (group.length < MOST_ROWS_A_TURN) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function* linesOf(body: Body): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = Buffer.concat([rest, Buffer.from(chunk)]);
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > LINE_LIMIT_BYTES)
      throw new PipelineError('INVALID_INPUT', `a line is over ${LINE_LIMIT_BYTES} bytes`);
  }
  yield rest;
}

function parseLine(decode: () => string, number: number): Line | null {
  try {
    const text = decode();
    return text === '' ? null : { row: JSON.parse(text) };
  } catch {
    return { fault: new PipelineError('INVALID_INPUT', `line ${number} is not valid JSON in UTF-8`) };
  }
}

const written = (answer: unknown): string => `${JSON.stringify(answer)}\n`;

/** Answers of groups of rows, in their order. */
export type AnswerGroups = (groups: AsyncIterable<readonly unknown[]>) => AsyncIterable<readonly unknown[]>;

/** The answers of a stream of lines as lines, in the same order; a fault that ends the stream is its last line. */
export const answerStream = (body: Body, answer: AnswerGroups): Readable => Readable.from(answerLines(body, answer));

async function* answerLines(body: Body, answer: AnswerGroups): AsyncGenerator<string> {
  const groups: (readonly Line[])[] = [];
  async function* rowsOf(): AsyncGenerator<readonly unknown[]> {
    for await (const lines of readLines(body)) {
      groups.push(lines);
      yield lines.flatMap((line) => ('row' in line ? [line.row] : []));
    }
  }
  try {
    for await (const answers of answer(rowsOf())) yield inOrder(groups.shift()!, answers);
  } catch (fault) {
    yield written({ error: problemOf(fault) }); // the status was sent already
  }
}

function inOrder(lines: readonly Line[], answers: readonly unknown[]): string {
  const next = answers.values();
  return lines.map((line) => written('row' in line ? next.next().value : { error: problemOf(line.fault) })).join('');
}
