import { describe, expect, it } from 'vitest';
import { PipelineError, errorTable } from '../../contracts/errors.js';
import { errorDocument, exitCodeOf, formatError, toPipelineError } from './errors.js';
import { createPaint } from '../output/paint.js';

const plain = createPaint(false);

/** What the Temporal client throws when a workflow failed: wrappers around an ApplicationFailure. */
function workflowFailed(type: string, message: string, details: unknown[]): Error {
  const failure = Object.assign(new Error(message), { type, details });
  const activity = Object.assign(new Error('Activity task failed', { cause: failure }), { name: 'ActivityFailure' });
  return Object.assign(new Error('Workflow execution failed', { cause: activity }), { name: 'WorkflowFailedError' });
}

describe('errors', () => {
  it('keep code, message and details across Temporal', () => {
    const error = toPipelineError(workflowFailed('TOO_FEW_ROWS', '3 rows, 50 wanted', [{ found: 3, wanted: 50 }]));
    expect(error.code).toBe('TOO_FEW_ROWS');
    expect(error.message).toBe('3 rows, 50 wanted');
    expect(error.details).toEqual({ found: 3, wanted: 50 });
    expect(exitCodeOf(error)).toBe(2);
  });

  it('do not use an error type that is not in the table as a code', () => {
    expect(toPipelineError(workflowFailed('toString', 'x', [])).code).toBe('INTERNAL');
  });

  it('translate errors of the Temporal client', () => {
    const started = Object.assign(new Error('x'), { name: 'WorkflowExecutionAlreadyStartedError', workflowId: 'w' });
    const error = toPipelineError(started);
    expect([error.code, error.details]).toEqual(['ALREADY_RUNNING', { id: 'w' }]);
    const missing = Object.assign(new Error('x'), { name: 'WorkflowNotFoundError', workflowId: 'w' });
    expect(toPipelineError(missing).code).toBe('RUN_NOT_FOUND');
  });

  it('report a refused connection as SERVICE_UNAVAILABLE', () => {
    expect(toPipelineError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })).code).toBe('SERVICE_UNAVAILABLE');
  });

  it('report a Temporal server that went away as SERVICE_UNAVAILABLE', () => {
    const status = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'connect ECONNREFUSED' });
    const gone = Object.assign(new Error('Failed to start', { cause: status }), { name: 'ServiceError' });
    expect(toPipelineError(gone)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: 'the Temporal server does not answer: connect ECONNREFUSED',
    });
  });

  it('report a full disk as STORAGE_FULL', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    expect(toPipelineError(new Error('x', { cause: full })).code).toBe('STORAGE_FULL');
  });

  it('are printed line by line: code, message, details, advice; the stack with --verbose only', () => {
    const error = new PipelineError('MISSING_COLUMN', 'no column "age"', { file: 'x.csv', wanted: ['age', 'label'] });
    const lines = formatError(error, plain, false);
    expect(lines.slice(0, 4)).toEqual([
      'error MISSING_COLUMN',
      '  no column "age"',
      '  file: x.csv',
      '  wanted: age, label',
    ]);
    expect(lines.join('\n')).toContain(errorTable.MISSING_COLUMN.meaning);
    expect(lines.join('\n')).not.toContain('errors.test.ts');
    expect(formatError(error, plain, true).join()).toContain('errors.test.ts');
  });

  it('are printed without details that the message has already', () => {
    const fields = ['termMonths: wanted a number', 'kind: wanted one of personal, home'];
    const error = new PipelineError('INVALID_INPUT', fields.join('; '), { index: 0, fields });
    const lines = formatError(error, plain, false).join('\n');
    expect(lines.split('termMonths: wanted a number')).toHaveLength(2);
    expect(lines).toContain('index: 0');
    expect(errorDocument(error).error.details).toEqual({ index: 0, fields });
    const found = 'timestamp without time zone';
    const mismatch = new PipelineError('SOURCE_SCHEMA_MISMATCH', `a.b: ${found}`, { table: 'a', found });
    expect(formatError(mismatch, plain, false).slice(1, 3)).toEqual([`  a.b: ${found}`, '  table: a']);
  });

  it('are printed as one JSON document with --json', () => {
    const document = errorDocument(new PipelineError('DATA_REJECTED', 'm', { file: 'f' }));
    expect(document.error).toMatchObject({ code: 'DATA_REJECTED', message: 'm', details: { file: 'f' }, exit: 3 });
  });
});
