/** A growable list of 32-bit integers. */
export class IntegerList {
  #values = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Int32Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  /** @param position - from 0, less than the length. */
  at(position: number): number {
    return this.#values[position]!;
  }

  clear(): void {
    this.#length = 0;
  }

  toArray(): Int32Array {
    return this.#values.slice(0, this.#length);
  }
}
