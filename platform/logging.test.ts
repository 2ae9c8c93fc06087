import { describe, expect, it } from 'vitest';
import { createLogger } from './logging.js';

/** What a logger writes, as parsed lines. */
function linesOf(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ level: 'info', name: 'test' }, { write: (line: string) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const PERSONAL = ['ABCPE1234F', '4111 1111 1111 1111', '+91 98765 43210', 'asha@okaxis', 'asha@example.org'];

describe('createLogger', () => {
  it('masks numbers and addresses of people in messages, fields, arguments and errors', () => {
    for (const value of PERSONAL) {
      const lines = linesOf((logger) => {
        logger.info(`refused ${value}`);
        logger.info({ detail: { values: [`refused ${value}`] } }, 'refused %s', value);
        logger.error({ err: new Error(`refused ${value}`, { cause: new Error(value) }) }, 'failed');
        logger.error(new Error(`refused ${value}`));
      });
      expect(lines).toHaveLength(4);
      for (const line of lines) {
        expect(JSON.stringify(line)).not.toContain(value);
        expect(JSON.stringify(line)).toContain('*');
      }
    }
  });

  it('keeps an error that is given as a text in one piece, masked', () => {
    const [line] = linesOf((logger) => logger.warn({ err: 'no row for asha@example.org' }, 'not written'));
    expect(line!.err).toMatch(/^no row for \*+@[*.]+$/);
  });

  it('keeps everything else, numbers included', () => {
    const fields = { rows: 9_876_543_210, hash: 'a'.repeat(64), at: '2026-11-30T10:25:00.000Z', runKey: 'c0ffee00-1111-4222-8333-444455556666' }; // prettier-ignore
    const [line] = linesOf((logger) => logger.info(fields, 'extract transactions in 1234 ms'));
    expect(line).toMatchObject({ ...fields, name: 'test', msg: 'extract transactions in 1234 ms' });
  });
});
