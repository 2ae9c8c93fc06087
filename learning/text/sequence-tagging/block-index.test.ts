import { describe, expect, it } from 'vitest';
import { BlockIndex } from './block-index.js';
import { IntegerList } from './integer-list.js';

function listOf(values: readonly number[]): IntegerList {
  const list = new IntegerList();
  for (const value of values) list.push(value);
  return list;
}

describe('BlockIndex', () => {
  it('gives equal sequences one number, others another, and the empty one 0', () => {
    const index = new BlockIndex();
    const sequences = [[1, 2, 3], [3, 2, 1], [1, 2], [1], [2]];
    expect(sequences.map((sequence) => index.add(listOf(sequence)))).toEqual([1, 2, 3, 4, 5]);
    expect(sequences.map((sequence) => index.add(listOf(sequence)))).toEqual([1, 2, 3, 4, 5]);
    expect(index.add(listOf([]))).toBe(0);
    const { starts, features } = index.toArrays();
    const stored = sequences.map((_, i) => [...features.slice(starts[i + 1], starts[i + 2])]);
    expect(stored).toEqual(sequences);
  });

  it('tells sequences apart whose hashes may be equal', () => {
    // By the birthday bound, 200,000 sequences share some hash of 32 bits with a probability of 99 %.
    const index = new BlockIndex();
    const list = new IntegerList();
    for (let i = 1; i <= 200_000; i++) {
      list.clear();
      list.push(i);
      list.push(i % 7);
      if (index.add(list) !== i) throw new Error(`sequence ${i} has the number of another`);
    }
    expect(index.toArrays().starts).toHaveLength(200_002);
  });
});
