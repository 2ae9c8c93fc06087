import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { asDatabaseFault } from './faults.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('asDatabaseFault', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '40P01', '53300'])(
    '%s passes by itself',
    (code) => {
      expect(asDatabaseFault(coded(code))).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])('"%s" too', (message) => {
    expect(asDatabaseFault(new Error(message))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it.each(['23505', '42P01', '23514'])('%s is a fault of ours', (code) => {
    expect(asDatabaseFault(coded(code))).toMatchObject({ code: 'INTERNAL', retryable: false });
  });

  it('keeps what is ours already and wraps what is no error', () => {
    const own = new PipelineError('CONFLICT', 'x');
    expect(asDatabaseFault(own)).toBe(own);
    expect(asDatabaseFault('text')).toMatchObject({ code: 'INTERNAL' });
  });
});
