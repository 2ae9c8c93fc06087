/**
 * A number as text: four significant digits, whole numbers whole, no exponent between 1e-4 and 1e15.
 * Minus is U+2212. NaN and infinities by name.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return (Object.is(value, -0) ? '0' : text).replaceAll('-', '−');
}

/** Like `formatNumber`, with all digits when the rounded value equals a bound that the exact value misses. */
export function formatAgainst(value: number, bound: number): string {
  const rounded = formatNumber(value);
  return value !== bound && rounded === formatNumber(bound) ? String(value).replaceAll('-', '−') : rounded;
}

/**
 * A measured number for a table: the same number of decimals for the same magnitude, so that columns align.
 * @param digits - decimals below 1; each power of ten removes one.  @default 4
 */
export function formatMeasure(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size >= 1e15 || (size !== 0 && size < 10 ** -digits)) return formatNumber(value);
  const whole = size < 1 ? 0 : Math.floor(Math.log10(size)) + 1;
  const text = value.toFixed(Math.max(0, digits - whole));
  return (Number(text) === 0 ? text.replace('-', '') : text).replaceAll('-', '−');
}
