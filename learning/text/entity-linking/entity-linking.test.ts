import { describe, expect, it } from 'vitest';
import { createLinker, normaliseName } from './index.js';

const entries = [
  { name: 'SWIGGY', type: 'MERCHANT', aliases: ['Swiggy Instamart'] },
  { name: 'BIG BAZAAR', type: 'MERCHANT', aliases: [] },
  { name: 'INFOSYS LTD', type: 'ORG', aliases: ['Infosys BPM'] },
];

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
