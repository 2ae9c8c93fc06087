import { expect, it } from 'vitest';
import { integerField, lengthField, lengthFields } from './protobuf.js';

it('encodes strings and integers like protoc', () => {
  expect(lengthField(1, 'bank').toString('hex')).toBe('0a0462616e6b');
  expect(integerField(3, 300).toString('hex')).toBe('18ac02');
  expect(lengthField(2, 'x'.repeat(200)).subarray(0, 3).toString('hex')).toBe('12c801');
});

it('returns the fields with the given number and skips other fields of every wire type', () => {
  const message = Buffer.concat([
    integerField(7, 2 ** 40),
    lengthField(2, 'first'),
    Buffer.from('41', 'hex'), // field 8, 64 bits
    Buffer.alloc(8, 0xff),
    Buffer.from('4d', 'hex'), // field 9, 32 bits
    Buffer.alloc(4, 0xff),
    lengthField(1, 'other'),
    lengthField(2, ''),
    lengthField(200, 'far'),
  ]);
  expect(lengthFields(message, 2).map(String)).toEqual(['first', '']);
  expect(lengthFields(message, 200).map(String)).toEqual(['far']);
  expect(lengthFields(Buffer.alloc(0), 1)).toEqual([]);
});

it.each([
  ['a field longer than the message', '0a05ff'],
  ['a truncated varint', '08ff'],
  ['an unknown wire type', '0b'],
])('throws RangeError for %s', (_what, hex) => {
  expect(() => lengthFields(Buffer.from(hex, 'hex'), 1)).toThrow(RangeError);
});
