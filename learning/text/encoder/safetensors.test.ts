import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, writeSafetensorsHeader } from './safetensors.js';

/** A file by hand: what the format's description says, not what the writer here does. */
function fileOf(header: object, ...data: readonly number[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return Uint8Array.from([...length, ...text, ...data]);
}

const malformed = expect.objectContaining({ code: 'MALFORMED_FILE' }) as Error;

describe('readSafetensors', () => {
  it('widens half precision and brain floats', () => {
    const header = {
      half: { dtype: 'F16', shape: [4], data_offsets: [0, 8] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
    };
    // 1, -2, the smallest subnormal, infinity · 1, -0.5
    const { tensors } = readSafetensors(fileOf(header, 0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c, 0x80, 0x3f, 0x00, 0xbf));
    expect([...tensors.get('half')!.data]).toEqual([1, -2, 2 ** -24, Infinity]);
    expect([...tensors.get('brain')!.data]).toEqual([1, -0.5]);
  });

  it('reads numbers wherever they begin, and leaves out integers', () => {
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

  it('reads what is written', () => {
    const tensors = new Map([
      ['b', { dims: [2, 1], data: Float32Array.of(1, -0) }],
      ['ä', { dims: [0], data: new Float32Array(0) }],
    ]);
    const found = readSafetensors(writeSafetensors(tensors, { text: 'ü' }));
    expect(found).toEqual({ tensors, metadata: { text: 'ü' } });
  });

  it('reads a body that lay there before its header', () => {
    const file = new Uint8Array(256 + 12);
    new Float32Array(file.buffer, 256).set([1, 2, 3]);
    const room = file.subarray(0, 256);
    writeSafetensorsHeader(room, [['a', [1]], ['b', [1, 2]]], { text: 'ü' }); // prettier-ignore
    const { tensors, metadata } = readSafetensors(file);
    expect([...tensors.values()].map(({ data }) => [...data])).toEqual([[1], [2, 3]]);
    expect(metadata).toEqual({ text: 'ü' });
    expect(() => writeSafetensorsHeader(room.subarray(0, 64), [['a', [3]]], {})).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }) as Error,
    );
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a pointer of Git LFS', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')],
    ['a header longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['a header that is no JSON', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0x7b)],
    ['a tensor beyond the end', fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 1, 2)],
    ['sizes that do not fit', fileOf({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 1, 2, 3, 4)],
    ['a tensor without a place', fileOf({ a: { dtype: 'F32', shape: [1] } }, 1, 2, 3, 4)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(malformed);
  });
});
