import type { Column, EncodedValues, StoredValues } from '../contracts/table.js';
import { PipelineError } from '../contracts/errors.js';

type Texts = readonly (string | null)[];

/** A text column that holds codes; the values are made when they are first asked for. */
class EncodedText {
  readonly kind = 'text' as const;
  readonly encoded: EncodedValues;
  #values: Texts | null = null;

  constructor(encoded: EncodedValues) {
    this.encoded = encoded;
  }

  get values(): Texts {
    return (this.#values ??= decode(this.encoded));
  }
}

/** A text column whose values stay in their files. */
class StoredText {
  readonly kind = 'text' as const;
  readonly stored: StoredValues;

  constructor(stored: StoredValues) {
    this.stored = stored;
  }

  /** @throws PipelineError `MISSING_COLUMN`: the values were not read. */
  get values(): Texts {
    const { name } = this.stored;
    throw new PipelineError('MISSING_COLUMN', `the values of "${name}" are carried over and were not read`, {
      column: name,
    });
  }
}

function decode({ codes, words }: EncodedValues): Texts {
  const values = new Array<string | null>(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = codes[i]! < 0 ? null : words[codes[i]!]!;
  return values;
}

/** Distinct texts in order of first appearance, and each value's position among them. O(n). */
export function encode(values: Texts): EncodedValues {
  const positions = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    const known = value === null ? -1 : positions.get(value);
    codes[i] = known ?? positions.size;
    if (known === undefined) positions.set(value!, positions.size);
  }
  return { codes, words: [...positions.keys()] };
}

/** A text column of codes. */
export const encodedText = (encoded: EncodedValues): Column => new EncodedText(encoded);

/** A text column that can be written to another file, and not be read. */
export const storedText = (stored: StoredValues): Column => new StoredText(stored);

const pickIntegers = (values: Int32Array, indices: ArrayLike<number>): Int32Array => {
  const picked = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) picked[i] = values[indices[i]!]!;
  return picked;
};

/** The codes of some rows. */
export const pickCodes = ({ codes, words }: EncodedValues, indices: ArrayLike<number>): EncodedValues => ({
  codes: pickIntegers(codes, indices),
  words,
});

/** Some rows of stored values. @param indices - ascending. */
export const pickStored = ({ rows, ...place }: StoredValues, indices: ArrayLike<number>): StoredValues => ({
  ...place,
  rows: pickIntegers(rows, indices),
});

/** Number of values of a column, without making them. */
export function columnLength(column: Column): number {
  if (column.kind !== 'text') return column.values.length;
  return (column.encoded?.codes ?? column.stored?.rows ?? column.values).length;
}
