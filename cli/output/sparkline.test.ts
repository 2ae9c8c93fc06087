import { describe, expect, it } from 'vitest';
import { sparkline } from './sparkline.js';

describe('sparkline', () => {
  it('draws from 0 to the largest value, and leaves gaps', () => {
    expect(sparkline([0, 0.5, 1, null])).toBe('▁▅█·');
    expect(sparkline([0, 0])).toBe('▁▁');
    expect(sparkline([3, 3])).toBe('██');
    expect(sparkline([])).toBe('');
  });
});
