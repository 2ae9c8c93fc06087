import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { projectRoot } from '../../platform/project.js';
import type { PlatformStatus } from '../../platform/embedded/status.js';
import { formatError } from '../program/errors.js';
import { printStatus } from '../views/platform-view.js';
import type { Output } from './output.js';
import { createOutput } from './output.js';

interface Recorded {
  readonly out: Output;
  readonly text: () => string;
}

function record({ json = false, terminal = true } = {}): Recorded {
  const written: string[] = [];
  const stream = { isTTY: terminal, columns: 200, write: (text: string) => written.push(text) };
  const out = createOutput({ stdout: stream, stderr: stream }, { json, verbose: false, terminal: {} });
  return { out, text: () => written.join('') };
}

/** The program's own sequences: five styles, switched on and off, and the cursor of live progress. */
const ours = /\u001b\[(?:1|2|22|31|32|33|39)m|\u001b\[\?7l(?:\u001b\[\d+A)?\r|\u001b\[K(?=\n)|\u001b\[J\u001b\[\?7h/g;
const control = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** Lines that were printed, after our own sequences are taken out; fails when a control character is left. */
function expectClean(text: string): string[] {
  const lines = text.replace(ours, '').split('\n');
  for (const line of lines) expect(line).not.toMatch(control);
  return lines;
}

/** Text with escapes, line feeds, direction marks and C1 codes among letters. */
const hostile = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      'ß',
      '\n',
      '\r',
      '\t',
      '\u0000',
      '\u001b[31m',
      '\u001b]0;t\u0007',
      '\u009b2J',
      '\u202e',
      '\u2028',
      '\u007f',
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('printed text', () => {
  it('is one line a call and has no control character but our own colours', () => {
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const { out, text } = record();
        out.line(`${first} ${out.paint.red(out.paint.bold(second))}`);
        out.notice(out.paint.dim(second));
        expect(expectClean(text())).toHaveLength(3);
        expect(text()).toContain('\u001b[31m\u001b[1m');
      }),
    );
  });

  it('is one line a row in tables, with columns set by what is seen', () => {
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const { out, text } = record({ terminal: false });
        out.table({
          head: ['x', 'y'],
          rows: [
            [first, second],
            ['1', '2'],
          ],
        });
        const lines = expectClean(text());
        expect(lines).toHaveLength(4);
        expect(lines[0]!.indexOf('y')).toBe(lines[2]!.indexOf('2'));
      }),
    );
  });

  it('keeps colours in the cells of a table', () => {
    const { out, text } = record();
    out.table({ head: ['state', 'x'], rows: [[out.paint.green('ok'), '1']] });
    expect(text()).toContain('\u001b[32mok\u001b[39m     1');
  });

  it('is one line a line of progress', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (line, terminal) => {
        const { out, text } = record({ terminal });
        const view = out.progress();
        view.update([line, 'second']);
        view.update(['third', line]);
        expectClean(text());
      }),
    );
  });

  it('is the same value in JSON, whose text has line feeds between its lines only', () => {
    fc.assert(
      fc.property(hostile, hostile, (key, value) => {
        const { out, text } = record({ json: true });
        out.result({ [key]: [value] }, () => undefined);
        expectClean(text());
        expect(JSON.parse(text())).toEqual({ [key]: [value] });
      }),
    );
  });
});

describe('views', () => {
  it('of errors and of the platform print hostile names as one line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const errors = record();
        for (const line of formatError(
          new PipelineError('INVALID_INPUT', text, { file: text }),
          errors.out.paint,
          true,
        ))
          errors.out.notice(line);
        expectClean(errors.text());

        const platform = record();
        const lastCrash = { at: 'now', message: text };
        const part = { name: text, status: 'running' as const, version: text, origin: text, where: text };
        const health = { healthy: false, detail: text, log: text, restarts: 1, process: null, stopSignal: null };
        const parts = [{ ...part, ...health, lastCrash }];
        const status = { home: text, phase: 'ready', supervisorPid: 1, startedAt: null, uiUrl: text, parts };
        printStatus(platform.out, { ...status, healthy: false } as PlatformStatus);
        expectClean(platform.text());
      }),
      { numRuns: 30 },
    );
  });

  /** Files that write to a stream themselves, with what they write. */
  const direct: Readonly<Record<string, string>> = {
    'output/output.ts': 'the edge itself',
    'output/progress.ts': 'the edge itself',
    'program/ask-secret.ts': 'a fixed question',
  };

  it('write through Output only, and leave line feeds to it', () => {
    const files = readdirSync(join(projectRoot, 'cli'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !(file in direct),
    );
    expect(files.length).toBeGreaterThan(40);
    const faults = files.filter((file) => {
      const source = readFileSync(join(projectRoot, 'cli', file), 'utf8');
      return /\b(stdout|stderr)\.write\(|console\.|(line|notice)\([^;]*\\n/.test(source);
    });
    expect(faults).toEqual([]);
  });
});
