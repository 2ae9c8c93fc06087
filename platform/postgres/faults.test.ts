import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { asDatabaseFault } from './faults.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('asDatabaseFault', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '40P01', '53300'])(
    'reports code %s as a retryable outage',
    (code) => {
      expect(asDatabaseFault(coded(code))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'reports the message "%s" as an outage',
    (message) => {
      expect(asDatabaseFault(new Error(message))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    },
  );

  it.each(['23505', '42P01', '23514'])('reports code %s as INTERNAL', (code) => {
    expect(asDatabaseFault(coded(code))).toMatchObject({ code: 'INTERNAL', retryable: false });
  });

  it('returns a PipelineError unchanged and wraps a thrown string', () => {
    const own = new PipelineError('CONFLICT', 'x');
    expect(asDatabaseFault(own)).toBe(own);
    expect(asDatabaseFault('text')).toMatchObject({ code: 'INTERNAL' });
  });
});
