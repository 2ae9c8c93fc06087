import { describe, expect, it } from 'vitest';
import { delimiterOf, firstRecords, headerOf, separatorLine } from './csv.js';

describe('delimiterOf', () => {
  it.each([',', ';', '\t', '|'])('finds %j by the names in the header', (delimiter) => {
    const text = `${['"text"', ' intent ', 'group'].join(delimiter)}\na,b;c|d${delimiter}x${delimiter}y\n`;
    expect(delimiterOf(text, ['text', 'intent'])).toBe(delimiter);
    expect(headerOf(text, { delimiter })).toEqual(['text', 'intent', 'group']);
  });

  it('is a comma where no delimiter gives the names', () => expect(delimiterOf('one:two\n', ['one'])).toBe(','));
});

describe('firstRecords', () => {
  it('ends before a record that is cut off inside quotes', () => {
    expect(firstRecords('a,b\n1,"2\n', { delimiter: ',' }, 5)).toEqual([['a', 'b']]);
  });

  it('keeps quotes as text where fields are not quoted', () => {
    expect(firstRecords('a\tb\n"1\t2\n', { delimiter: '\t', quoted: false }, 5)[1]).toEqual(['"1', '2']);
  });

  it('starts after the line that names the delimiter', () => {
    expect(separatorLine('sep=;\na;b\n')).toBe(';');
    expect(separatorLine('a;b\n')).toBeNull();
    expect(firstRecords('sep=;\na;b\n', { delimiter: ';', firstLine: 2 }, 1)).toEqual([['a', 'b']]);
  });
});
