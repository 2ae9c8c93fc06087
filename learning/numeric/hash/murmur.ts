const rotateLeft = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

function mixBlock(block: number): number {
  return Math.imul(rotateLeft(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

/** Final avalanche of MurmurHash3: every input bit changes every output bit with probability near one half. */
export function avalanche(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * MurmurHash3 (x86, 32 bit) of bytes, by Austin Appleby, public domain. Not cryptographic.
 * @returns an integer in [0, 2³²).
 */
export function murmur3(bytes: Uint8Array, seed: number): number {
  let hash = seed;
  const blocks = bytes.length & ~3;
  for (let i = 0; i < blocks; i += 4) {
    const block = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = (Math.imul(rotateLeft(hash ^ mixBlock(block), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= blocks; i--) tail = (tail << 8) | bytes[i]!;
  if (bytes.length > blocks) hash ^= mixBlock(tail);
  return avalanche(hash ^ bytes.length);
}

const encoder = new TextEncoder();

/**
 * A number in [0, 1) that depends only on the two texts: the same on every machine and in every release.
 * Uniform over distinct texts; 53 bits from two hashes with different seeds.
 * @param salt - separates uses, so that one split says nothing about another.
 */
export function hashFraction(salt: string, text: string): number {
  // The length keeps ('ab', 'c') and ('a', 'bc') apart.
  const bytes = encoder.encode(`${salt.length}:${salt}${text}`);
  return ((murmur3(bytes, 0) >>> 5) * 0x4000000 + (murmur3(bytes, 0x9747b28c) >>> 6)) / 0x20000000000000;
}
