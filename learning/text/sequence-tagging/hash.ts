/**
 * Seeded FNV-1a (Fowler, Noll & Vo 1991) over the UTF-16 code units from `start` to `end`, followed by `mix`.
 * @returns a signed 32-bit integer.
 */
export function hashText(text: string, seed: number, start = 0, end = text.length): number {
  let hash = seed ^ 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, seed);
}

/** Combines two 32-bit integers into one with the finaliser of MurmurHash3 (Appleby 2011). Not symmetric. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ (b + 0x7f4a7c15);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
