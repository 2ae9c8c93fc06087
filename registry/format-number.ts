/**
 * A number as a reader wants it: four significant digits, whole numbers whole, no exponent between 1e-4 and 1e15.
 * Minus is U+2212. NaN and infinities by name.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return (Object.is(value, -0) ? '0' : text).replaceAll('-', '−');
}

/** Like `formatNumber`, with all digits where rounding would make it look equal to the bound that it misses. */
export function formatAgainst(value: number, bound: number): string {
  const rounded = formatNumber(value);
  return value !== bound && rounded === formatNumber(bound) ? String(value).replaceAll('-', '−') : rounded;
}
