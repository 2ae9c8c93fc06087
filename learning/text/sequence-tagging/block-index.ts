import { FeatureIndex } from './feature-index.js';
import { mix } from './hash.js';
import { IntegerList } from './integer-list.js';

/** Numbers distinct sequences of feature numbers from 1; the empty sequence is 0. */
export class BlockIndex {
  readonly #index = new FeatureIndex(1 << 12);
  readonly #features = new IntegerList();
  readonly #starts = new IntegerList();

  constructor() {
    this.#starts.push(0);
    this.#starts.push(0);
  }

  #isEqual(block: number, features: IntegerList): boolean {
    const first = this.#starts.at(block);
    if (this.#starts.at(block + 1) - first !== features.length) return false;
    for (let k = 0; k < features.length; k++) if (this.#features.at(first + k) !== features.at(k)) return false;
    return true;
  }

  #append(features: IntegerList): void {
    for (let k = 0; k < features.length; k++) this.#features.push(features.at(k));
    this.#starts.push(this.#features.length);
  }

  /** @returns the number of a sequence, a new one unless it is known. */
  add(features: IntegerList): number {
    if (features.length === 0) return 0;
    let hash = features.length;
    for (let k = 0; k < features.length; k++) hash = mix(hash, features.at(k));
    // Two sequences may share a hash; the later one takes the next free hash of a chain.
    for (; ; hash = mix(hash, 1)) {
      const known = this.#index.find(hash);
      if (known === 0) break;
      if (this.#isEqual(known, features)) return known;
    }
    this.#append(features);
    return this.#index.add(hash);
  }

  /** @returns the features of block b at `starts[b]` … `starts[b + 1] − 1`. */
  toArrays(): { readonly starts: Int32Array; readonly features: Int32Array } {
    return { starts: this.#starts.toArray(), features: this.#features.toArray() };
  }
}
