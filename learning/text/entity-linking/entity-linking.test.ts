import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinker, jaroWinkler, normaliseName } from './index.js';

const entries = [
  { name: 'SWIGGY', type: 'MERCHANT', aliases: ['Swiggy Instamart'] },
  { name: 'BIG BAZAAR', type: 'MERCHANT', aliases: [] },
  { name: 'INFOSYS LTD', type: 'ORG', aliases: ['Infosys BPM'] },
];

describe('jaroWinkler', () => {
  it('has the published values', () => {
    expect(jaroWinkler('MARTHA', 'MARHTA')).toBeCloseTo(0.9611, 4);
    expect(jaroWinkler('DIXON', 'DICKSONX')).toBeCloseTo(0.8133, 4);
    expect(jaroWinkler('abc', 'xyz')).toBe(0);
  });

  it('is between 0 and 1 and 1 for equal texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(jaroWinkler(a, b)).toBeGreaterThanOrEqual(0);
        expect(jaroWinkler(a, b)).toBeLessThanOrEqual(1 + 1e-12);
        expect(jaroWinkler(a, a)).toBe(1);
      }),
    );
  });
});

describe('createLinker', () => {
  const linker = createLinker(entries);

  it('links equal, misspelt and shortened names', () => {
    expect(linker.link('swiggy', 'MERCHANT')).toEqual([{ name: 'SWIGGY', score: 1 }]);
    expect(linker.link('Swigy', 'MERCHANT')[0]).toMatchObject({ name: 'SWIGGY' });
    expect(linker.link('Infosys', 'ORG')).toEqual([{ name: 'INFOSYS LTD', score: 1 }]);
    expect(linker.link('big bazar', 'MERCHANT')[0]).toMatchObject({ name: 'BIG BAZAAR' });
  });

  it('returns [] for another type, an unknown name and an empty mention', () => {
    expect(linker.link('swiggy', 'ORG')).toEqual([]);
    expect(linker.link('Quixotic Zebra', 'MERCHANT')).toEqual([]);
    expect(linker.link('', 'MERCHANT')).toEqual([]);
    expect(linker.link('😀', 'MERCHANT')).toEqual([]);
  });
});

describe('normaliseName', () => {
  it('removes accents, symbols and legal forms', () => {
    expect(normaliseName('Café-Coffee  Day Pvt. Ltd.')).toBe('cafe coffee day');
    expect(normaliseName('Company')).toBe('company');
  });
});
