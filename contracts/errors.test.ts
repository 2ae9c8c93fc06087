import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorTable, pipelineError } from './errors.js';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));
const skipped = /^(node_modules|dist|tests|docs|\..*)$/;
const isProduct = (path: string): boolean =>
  path.endsWith('.ts') && !path.endsWith('.test.ts') && path !== 'contracts/errors.ts';

/** The product's sources; the table itself and the tests are left out. */
const sources = readdirSync(projectRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !skipped.test(entry.name))
  .flatMap(({ name }) =>
    readdirSync(join(projectRoot, name), { recursive: true, encoding: 'utf8' }).map((path) => join(name, path)),
  )
  .filter(isProduct)
  .map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));

const codes = Object.keys(errorTable) as ErrorCode[];
const templateCodes = codes.filter((code) => 'message' in errorTable[code]);

/** Codes from before the templates: each place that raises one composes the text. New codes are not added here. */
const composedCodes = `
  INVALID_INPUT INVALID_CONFIG INVALID_HYPERPARAMETERS INVALID_MODEL SOURCE_NOT_FOUND SOURCE_SCHEMA_MISMATCH
  DATASET_NOT_FOUND VERSION_NOT_FOUND REQUEST_NOT_FOUND FILE_NOT_READABLE FILE_EMPTY FILE_TOO_LARGE
  MALFORMED_FILE UNKNOWN_FORMAT MISSING_COLUMN INVALID_VALUE TOO_FEW_ROWS SINGLE_CLASS DATA_REJECTED
  SHAPE_MISMATCH NOT_FINITE BLOB_CORRUPT ARTEFACT_INVALID CONFLICT TRANSITION_NOT_ALLOWED
  CHILD_CRASHED CHILD_OUT_OF_MEMORY SERVICE_UNAVAILABLE SERVICE_REFUSED SERVICE_NOT_FOUND SERVICE_CRASHED
  INTERNAL
`
  .trim()
  .split(/\s+/);

/** Rejected data is a result of a run, not an error; its row documents the exit code. */
const resultCodes: readonly ErrorCode[] = ['DATA_REJECTED'];

/** Sources that compare codes and raise none. */
const comparing = ['workflows/failures.ts'];

describe('errorTable', () => {
  it.each(codes.filter((code) => !resultCodes.includes(code)))('%s is raised by product code', (code) => {
    const raising = sources.filter(({ path, text }) => !comparing.includes(path) && text.includes(`'${code}'`));
    expect(raising).not.toEqual([]);
  });

  it('has a message template for every code outside the closed list of composed codes', () => {
    expect(codes.filter((code) => !templateCodes.includes(code))).toEqual(composedCodes);
  });

  it.each(templateCodes)('%s is raised through its template only', (code) => {
    const composing = new RegExp(`new PipelineError\\(\\s*'${code}'`);
    expect(sources.filter(({ text }) => composing.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('pipelineError', () => {
  it('takes code, text and details from the table and the parameters', () => {
    const cause = new Error('gone');
    const error = pipelineError('BLOB_NOT_FOUND', { hash: 'abc', store: 'memory' }, { cause });
    expect(error).toMatchObject({ code: 'BLOB_NOT_FOUND', message: 'memory holds no blob abc', cause });
    expect(error.details).toEqual({ hash: 'abc', store: 'memory' });
  });

  it('leaves an optional parameter out of the text', () => {
    expect(pipelineError('RUN_NOT_FOUND', { id: 'r1' }).message).toBe('there is no run with the id r1');
    expect(pipelineError('RUN_NOT_FOUND', { id: 'r1', modelName: 'm' }).message).toBe(
      'there is no run with the id r1 of m',
    );
  });
});
