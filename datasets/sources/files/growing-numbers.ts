/** A Float64Array that grows by doubling. */
export class GrowingNumbers {
  #values: Float64Array;
  #length: number;

  constructor(values = new Float64Array(1024), length = 0) {
    this.#values = values;
    this.#length = length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const grown = new Float64Array(2 * this.#length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#length++] = value;
  }

  copy(): GrowingNumbers {
    return new GrowingNumbers(this.#values.slice(), this.#length);
  }

  finish(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
