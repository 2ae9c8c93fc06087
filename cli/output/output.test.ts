import { describe, expect, it } from 'vitest';
import { createOutput } from './output.js';
import { createPaint, wantsColour } from './paint.js';
import { createProgress } from './progress.js';
import { renderTable } from './table.js';

function recordingStream(options: { isTTY?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  return { ...options, write: (text: string) => written.push(text), text: () => written.join('') };
}

describe('output', () => {
  const open = (json: boolean) => {
    const [stdout, stderr] = [recordingStream(), recordingStream()];
    return { stdout, stderr, out: createOutput({ stdout, stderr }, { json, verbose: false, terminal: {} }) };
  };

  it('prints one JSON document and no other line on standard output with --json', () => {
    const { out, stdout, stderr } = open(true);
    out.line('for people');
    out.table({ head: ['a'], rows: [['1']] });
    out.notice('remark');
    out.result({ a: 1 }, () => out.line('for people'));
    expect(JSON.parse(stdout.text())).toEqual({ a: 1 });
    expect(stderr.text()).toBe('remark\n');
  });

  it('prints text by default', () => {
    const { out, stdout } = open(false);
    out.result({ a: 1 }, () => out.line('for people'));
    expect(stdout.text()).toBe('for people\n');
  });

  it('writes commands as they work when typed in everything for people, and leaves them in JSON', () => {
    const [stdout, stderr] = [recordingStream(), recordingStream()];
    const options = { verbose: false, terminal: {}, asTyped: (text: string) => text.replace('ml ', 'npx ml ') };
    const out = createOutput({ stdout, stderr }, { json: false, ...options });
    out.line('ml status');
    out.table({ head: ['hint'], rows: [['ml up']] });
    out.help('Usage: ml up\n');
    out.notice('ml down');
    expect(stdout.text()).toBe('npx ml status\nhint\nnpx ml up\nUsage: npx ml up\n');
    expect(stderr.text()).toBe('npx ml down\n');
    createOutput({ stdout, stderr }, { json: true, ...options }).result('ml up', () => undefined);
    expect(stdout.text()).toMatch(/"ml up"\n$/);
  });
});

describe('colours', () => {
  it('are used on a terminal without NO_COLOR only', () => {
    expect(wantsColour(true, {})).toBe(true);
    expect(wantsColour(true, { NO_COLOR: '', TERM: 'xterm' })).toBe(true);
    expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour(true, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour(false, {})).toBe(false);
  });
});

describe('tables', () => {
  const table = {
    head: ['model', 'n'],
    rows: [
      ['credit', '7'],
      ['intent', '1200'],
    ],
    right: ['n'],
  };

  it('are printed in columns without rules or trailing spaces', () => {
    expect(renderTable(table)).toBe('model      n\ncredit     7\nintent  1200');
  });

  const sentences = {
    head: ['parameter', 'meaning'],
    rows: [
      ['max-depth', 'splits from the root of a tree to its leaves'],
      ['seed', 'of all that is random'],
    ],
  };

  it('are wrapped at blanks when the terminal is too narrow for their sentences', () => {
    expect(renderTable({ ...sentences, width: 40 })).toBe(
      [
        'parameter  meaning',
        'max-depth  splits from the root of a',
        '           tree to its leaves',
        'seed       of all that is random',
      ].join('\n'),
    );
    for (const line of renderTable({ ...sentences, width: 30 }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(30);
  });

  it('never cut a word, so that an id can be copied, whatever the width', () => {
    const id = 'retraining-2026-11-30/credit-risk-scorer';
    const ids = { head: ['run', 'why'], rows: [[id, 'the gate against the champion failed on the newest window']] };
    for (const width of [20, 44, 60, 80, 200]) {
      const text = renderTable({ ...ids, width });
      expect(text).toContain(id);
      expect(text.replace(/\s+/g, ' ')).toContain(width < 60 ? 'newest window' : 'the gate');
    }
    expect(renderTable({ ...ids, width: 44 })).toBe(
      `run  ${id}\nwhy  the gate against the champion failed on\n     the newest window`,
    );
  });

  it('count colours as nothing', () => {
    const { red } = createPaint(true);
    const coloured = { head: ['a'], rows: [[red('failed')]], width: 6 };
    expect(renderTable(coloured)).toBe('a\n\u001b[31mfailed\u001b[39m');
  });

  it('are aligned by the width on the screen, also of wide characters', () => {
    const rows = ['日本', 'cafe\u0301', '₹'].map((name) => [name, '1']);
    expect(renderTable({ head: ['name', 'n'], rows })).toBe('name  n\n日本  1\ncafe\u0301  1\n₹     1');
  });

  it('are printed as records below each other when the terminal is too narrow', () => {
    expect(renderTable({ ...table, width: 8 })).toBe('model  credit\nn      7\n\nmodel  intent\nn      1200');
  });

  it('leave empty cells out of a record', () => {
    const sparse = { head: ['part', 'version', 'what to do'], rows: [['redis', '-', '']], width: 8 };
    expect(renderTable(sparse)).toBe('part        redis');
  });
});

describe('progress', () => {
  it('prints each new line once elsewhere', () => {
    const stream = recordingStream();
    const view = createProgress(stream);
    view.update(['a 1', 'b 1']);
    view.update(['a  2', 'b   1']);
    expect(stream.text()).toBe('a 1\nb 1\na  2\n');
  });
});
