/**
 * Maps feature hashes to consecutive numbers from 1; 0 means unknown. Open addressing with linear probing in typed
 * arrays, about three times as fast as a Map.
 */
export class FeatureIndex {
  #keys: Int32Array;
  #numbers: Int32Array;
  #size = 0;

  constructor(expected = 1024) {
    let capacity = 64;
    while (capacity < 2 * expected) capacity *= 2;
    this.#keys = new Int32Array(capacity);
    this.#numbers = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  #slot(hash: number): number {
    const mask = this.#keys.length - 1;
    let slot = hash & mask;
    while (this.#numbers[slot] !== 0 && this.#keys[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  /** @returns the number of a hash; 0 when it is unknown. */
  find(hash: number): number {
    return this.#numbers[this.#slot(hash)]!;
  }

  /** Adds a hash unless it is known. @returns its number. */
  add(hash: number): number {
    const slot = this.#slot(hash);
    const known = this.#numbers[slot]!;
    if (known !== 0) return known;
    this.#size += 1;
    this.#keys[slot] = hash;
    this.#numbers[slot] = this.#size;
    if (2 * this.#size > this.#keys.length) this.#grow();
    return this.#size;
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers];
    this.#keys = new Int32Array(2 * keys.length);
    this.#numbers = new Int32Array(2 * keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (numbers[i] === 0) continue;
      const slot = this.#slot(keys[i]!);
      this.#keys[slot] = keys[i]!;
      this.#numbers[slot] = numbers[i]!;
    }
  }

  /** @returns (size,) the hash of feature k + 1 at position k. */
  hashes(): Int32Array {
    const hashes = new Int32Array(this.#size);
    this.#numbers.forEach((number, slot) => {
      if (number > 0) hashes[number - 1] = this.#keys[slot]!;
    });
    return hashes;
  }

  /** An index that numbers the distinct hashes in their order. */
  static from(hashes: Int32Array): FeatureIndex {
    const index = new FeatureIndex(hashes.length);
    for (const hash of hashes) index.add(hash);
    return index;
  }
}
