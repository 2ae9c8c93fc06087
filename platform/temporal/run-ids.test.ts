import { describe, expect, it } from 'vitest';
import { runIds } from './run-ids.js';

describe('runIds', () => {
  it('yields ids with the UTC date, and a counter from the second one on', () => {
    const ids = runIds('retraining', new Date('2026-11-23T23:59:59-05:00'));
    expect([ids.next().value, ids.next().value, ids.next().value]).toEqual([
      'retraining-2026-11-24',
      'retraining-2026-11-24-2',
      'retraining-2026-11-24-3',
    ]);
  });
});
