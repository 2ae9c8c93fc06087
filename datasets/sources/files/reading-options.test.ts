import { describe, expect, it } from 'vitest';
import {
  parseColumnNames,
  parseDateFormat,
  parseDecimal,
  parseDelimiter,
  parseEncoding,
  parseSkipLines,
  parseTimeZone,
} from './reading-options.js';

const refused = expect.objectContaining({ code: 'INVALID_INPUT' }) as Error;

describe('options of a file', () => {
  it.each([
    ['tab', '\t'],
    ['\\t', '\t'],
    [';', ';'],
    ['Pipe', '|'],
  ])('takes %j as delimiter', (text, wanted) => expect(parseDelimiter(text)).toBe(wanted));

  it.each([
    ['point', '.'],
    [',', ','],
  ])('takes %j as decimal sign', (text, wanted) => expect(parseDecimal(text)).toBe(wanted));

  it.each([
    ['day-first', 'day first'],
    ['DD/MM/YYYY', 'day first'],
    ['%m/%d/%y', 'month first'],
    ['yy-mm-dd', 'year first'],
    ['unix-seconds', 'unix-seconds'],
  ])('takes %j as date format', (text, wanted) => expect(parseDateFormat(text)).toBe(wanted));

  it.each([
    ['UTF-8', 'utf-8'],
    ['latin1', 'windows-1252'],
    ['cp1252', 'windows-1252'],
  ])('takes %j as encoding', (text, wanted) => expect(parseEncoding(text)).toBe(wanted));

  it('takes a number of lines, and a zone', () => {
    expect(parseSkipLines('12')).toBe(12);
    expect(parseTimeZone('Europe/Berlin')).toBe('Europe/Berlin');
  });

  it('takes an object as names of columns', () => expect(parseColumnNames({ a: 'b' })).toEqual({ a: 'b' }));

  it.each([
    () => parseDelimiter('ab'),
    () => parseDelimiter('x'),
    () => parseDecimal(';'),
    () => parseDateFormat('YYYY'),
    () => parseEncoding('koi8-r'),
    () => parseSkipLines('-1'),
    () => parseSkipLines('1e9'),
    () => parseTimeZone('Mars/Olympus'),
    () => parseColumnNames(['a']),
    () => parseColumnNames({ a: 1 }),
    () => parseColumnNames({}),
  ])('refuses case %#', (parse) => expect(parse).toThrow(refused));
});
