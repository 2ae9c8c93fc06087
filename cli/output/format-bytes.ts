const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `0 B`, `12.3 MB`: in powers of 1000 with three digits. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? String(value) : value.toPrecision(3)} ${UNITS[power]!}`;
}
