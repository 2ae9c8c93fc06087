import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, writeSafetensorsHeader } from './safetensors.js';

/** Builds a file from the format's specification, independently of the writer under test. */
function fileOf(header: object, ...data: readonly number[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from([...length, ...text, ...data]);
}

const malformed = expect.objectContaining({ code: 'MALFORMED_FILE' }) as Error;

describe('readSafetensors', () => {
  it('converts F16 and BF16 to float32', () => {
    const header = {
      half: { dtype: 'F16', shape: [4], data_offsets: [0, 8] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
    };
    // 1, -2, the smallest subnormal, infinity · 1, -0.5
    const { tensors } = readSafetensors(fileOf(header, 0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0x80, 0x3f, 0x00, 0xbf));
    expect([...tensors.get('half')!.data]).toEqual([1, -2, 2 ** -24, Infinity]);
    expect([...tensors.get('brain')!.data]).toEqual([1, -0.5]);
  });

  it('reads tensors at any alignment and skips integer tensors', () => {
    const header = {
      a: { dtype: 'F32', shape: [1, 1], data_offsets: [8, 12] },
      position_ids: { dtype: 'I64', shape: [1], data_offsets: [0, 8] },
    };
    for (const name of ['x', 'xy', 'xyz', 'xyza']) {
      const file = fileOf({ ...header, __metadata__: { name } }, ...new Uint8Array(8), 0, 0, 0xc0, 0x3f);
      const { tensors, metadata } = readSafetensors(file);
      expect([...tensors]).toEqual([['a', { dims: [1, 1], data: Float32Array.of(1.5) }]]);
      expect(metadata).toEqual({ name });
    }
  });

  it('reads what writeSafetensors wrote', () => {
    const tensors = new Map([
      ['b', { dims: [2, 1], data: Float32Array.of(1, -0) }],
      ['ä', { dims: [0], data: new Float32Array(0) }],
    ]);
    const found = readSafetensors(writeSafetensors(tensors, { text: 'ü' }));
    expect(found).toEqual({ tensors, metadata: { text: 'ü' } });
  });

  it('reads a file whose header writeSafetensorsHeader wrote before an existing body', () => {
    const file = new Uint8Array(256 + 12);
    new Float32Array(file.buffer, 256).set([1, 2, 3]);
    const room = file.subarray(0, 256);
    const shapes = [
      ['a', [1]],
      ['b', [1, 2]],
    ] as const;
    writeSafetensorsHeader(room, shapes, { text: 'ü' });
    const { tensors, metadata } = readSafetensors(file);
    expect([...tensors.values()].map(({ data }) => [...data])).toEqual([[1], [2, 3]]);
    expect(metadata).toEqual({ text: 'ü' });
    expect(() => writeSafetensorsHeader(room.subarray(0, 64), [['a', [3]]], {})).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }) as Error,
    );
  });

  it.each([
    ['an empty file', new Uint8Array(0)],
    ['a Git LFS pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')],
    ['a header longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['a header that is not JSON', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0x7b)],
    ['a tensor beyond the end', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 1, 2)],
    [
      'a shape that does not match its data',
      fileOf({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 1, 2, 3, 4),
    ],
    ['a tensor without data_offsets', fileOf({ a: { dtype: 'F32', shape: [1] } }, 1, 2, 3, 4)],
  ])('throws MALFORMED_FILE for %s', (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(malformed);
  });
});
