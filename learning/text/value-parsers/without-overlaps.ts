interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Spans from left to right; of overlapping ones the first given is kept. O(length + spans · log spans).
 * @param length - of the text, in UTF-16 code units.
 */
export function withoutOverlaps<Given extends Span>(spans: Iterable<Given>, length: number): Given[] {
  const taken = new Uint8Array(length);
  const kept: Given[] = [];
  for (const span of spans) {
    if (taken.subarray(span.start, span.end).includes(1)) continue;
    taken.fill(1, span.start, span.end);
    kept.push(span);
  }
  return kept.sort((a, b) => a.start - b.start);
}
