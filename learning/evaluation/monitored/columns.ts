import type { LoggedPair, MonitoredColumn, MonitoredValue } from '../../../contracts/monitored-columns.js';
import type { Table } from '../../../contracts/table.js';

type Kind = MonitoredColumn['kind'];

/** The value at a path of a JSON document; undefined where it ends before. */
export function valueAt(document: unknown, path: readonly (string | number)[]): unknown {
  let found = document;
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[name];
  }
  return found;
}

/** A number or text as a monitored value; null stays missing, anything else cannot be told. */
export function asValue(found: unknown): MonitoredValue | undefined {
  if (found === null || typeof found === 'string') return found;
  if (typeof found === 'boolean') return Number(found);
  return typeof found === 'number' ? found : undefined;
}

/** Values of a table's column; null when the table lacks it. */
export function valuesOf(table: Table, name: string): ArrayLike<MonitoredValue> | null {
  return table.columns[name]?.values ?? null;
}

/**
 * An input of the model: a column of the training table that a request has too.
 * @param path - in the logged input. @default its name
 */
export const featureColumn = (
  name: string,
  kind: Kind,
  path: readonly (string | number)[] = [name],
): MonitoredColumn => ({
  ...{ name, kind, role: 'feature' },
  ofHeldOut: ({ rows }) => valuesOf(rows, name),
  ofAnswer: ({ input }: LoggedPair) => fieldAt(input, path),
});

/** A field of an object that an input has: left out, it is missing; without the object nothing can be told. */
function fieldAt(input: unknown, path: readonly (string | number)[]): MonitoredValue | undefined {
  const owner = valueAt(input, path.slice(0, -1));
  if (typeof owner !== 'object' || owner === null) return undefined;
  return asValue(valueAt(owner, path.slice(-1)) ?? null);
}

/**
 * What the model says: a column of its `score` table that answers have too.
 * @param places - `from`: the column of that table; `path`: in the logged output.
 */
export const scoreColumn = (
  name: string,
  kind: Kind,
  { from, path }: { readonly from: string; readonly path: readonly (string | number)[] },
): MonitoredColumn => ({
  ...{ name, kind, role: 'score' },
  ofHeldOut: ({ scored }) => valuesOf(scored, from),
  ofAnswer: ({ output }: LoggedPair) => (output === null ? undefined : asValue(valueAt(output, path))),
});

const MS_PER_HOUR = 3_600_000;
const WRITTEN_TIME = /T(\d{2}):(\d{2})/;

/** Hour of the day that a text states, as it is written: 14.5 for `2026-11-30T14:30+05:30`; undefined without a time. */
export function writtenHour(text: unknown): number | undefined {
  const found = typeof text === 'string' ? WRITTEN_TIME.exec(text) : null;
  return found === null ? undefined : Number(found[1]) + Number(found[2]) / 60;
}

/** Hours of the day on clocks that are ahead of UTC. @param offsets - hours; null: the clock of UTC. */
export const hoursOfDay = (moments: ArrayLike<number>, offsets: ArrayLike<number> | null): Float64Array =>
  Float64Array.from(moments, (moment, i) => {
    const ahead = offsets?.[i] ?? 0;
    const hours = moment / MS_PER_HOUR + (Number.isNaN(ahead) ? 0 : ahead);
    return ((hours % 24) + 24) % 24;
  });
