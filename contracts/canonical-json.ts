/**
 * JSON with sorted keys and no white space, so that equal values have equal bytes and therefore equal hashes.
 * `undefined` members are left out as in JSON; NaN and infinities are refused, JSON would turn them into null.
 * @throws RangeError on a number that is not finite.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'number' && !Number.isFinite(member)) throw new RangeError(`not finite: ${String(member)}`);
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
