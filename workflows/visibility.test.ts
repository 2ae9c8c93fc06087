import { describe, expect, it } from 'vitest';
import { progressMarkdown, reportLink, sourceAttribute, summaryOf } from './visibility.js';

const report = {
  stage: 'training',
  lines: [{ name: 'credit', state: 'running', detail: 'trees | 40\nof 100' }],
};

describe('progressMarkdown', () => {
  it('is the stage above a table, whose cells cannot break it', () => {
    expect(progressMarkdown(report).split('\n')).toEqual([
      '**training**',
      '',
      '| step | state | detail |',
      '|---|---|---|',
      '| credit | running | trees \\| 40 of 100 |',
    ]);
  });

  it('has above the table how the attempt before failed', () => {
    const text = progressMarkdown(report, { repeated: 'fitModel, attempt 2 after WORKER_LOST: Heartbeat timeout' });
    expect(text.split('\n')[2]).toBe('Repeated: fitModel, attempt 2 after WORKER_LOST: Heartbeat timeout');
  });

  it('has above the table what its rows are, what a step waits for, and links', () => {
    const links = new Map([['model card', '/reports/abc']]);
    const text = progressMarkdown(report, { remark: 'SYNTHETIC DATA', waiting: 'connection refused', links });
    expect(text.split('\n').slice(0, 7)).toEqual([
      '> **SYNTHETIC DATA**',
      '',
      '**training**',
      '',
      'Waiting: connection refused (attempt and next try: see Pending Activities)',
      '',
      '[model card](/reports/abc)',
    ]);
  });
});

it('links a page only where pages are served', () => {
  expect(reportLink({ reportUrl: 'https://ml.example/reports/' }, 'abc')).toBe('https://ml.example/reports/abc');
  expect([reportLink({}, 'abc'), reportLink({ reportUrl: '/reports/' }, null)]).toEqual([null, null]);
});

it('tells the source of the line of a backend only', () => {
  expect(sourceAttribute('synthetic')).toEqual({ Source: 'generated' });
  expect(sourceAttribute('credit-applications')).toEqual({});
});

it('says in a summary that data are synthetic', () => {
  expect([summaryOf('Train', 'default'), summaryOf('Train', 'synthetic')]).toEqual(['Train', 'Train (SYNTHETIC DATA)']);
});
