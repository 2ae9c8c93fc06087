import { type DataPlace, errorAt, type PipelineError } from '../../../contracts/errors.js';
import type { Cell } from './cells.js';
import { GrowingNumbers } from './growing-numbers.js';
import type { CellReader } from './readings.js';

/** A row of a file with its column, for messages. */
export type CellPlace = DataPlace & { readonly row: number; readonly column: string };

/** Readings that gave the same values so far. */
interface Agreement {
  readonly readings: readonly number[];
  readonly values: GrowingNumbers;
}

/** What a column turned out to be: the readings that fit all its cells, with their values. */
export interface ReadColumn {
  /** Name of each reading that fits every cell, with its values; more than one entry: they differ. */
  readonly fitting: readonly { readonly names: readonly string[]; readonly values: Float64Array }[];
  /** The first row in which fitting readings differ. */
  readonly differAt: CellPlace | null;
  /** By reading that does not fit: the first row that it does not fit. */
  readonly faults: ReadonlyMap<string, CellPlace>;
  readonly marks: ReadonlySet<string>;
}

/**
 * Reads the cells of one column under all readings at once and drops those that do not fit. Readings share one array
 * until their values differ, so that a column without ambiguous cells takes the memory of one.
 */
export class ColumnReadings {
  readonly #reader: CellReader;
  #agreements: Agreement[];
  readonly #faults = new Map<string, CellPlace>();
  readonly #marks = new Set<string>();
  #differAt: CellPlace | null = null;

  /** @param admitted - indices of the readings to try; a setting may exclude the others. */
  constructor(reader: CellReader, admitted: readonly number[] = reader.names.map((_, i) => i)) {
    this.#reader = reader;
    this.#agreements = [{ readings: admitted, values: new GrowingNumbers() }];
  }

  /** @throws PipelineError `INVALID_VALUE` for a cell that no reading fits which fitted the cells before. */
  add(cell: Cell, place: CellPlace): number {
    const { values, marks = [] } = this.#reader.read(cell);
    for (const mark of marks) this.#marks.add(mark);
    const before = this.#agreements.length;
    this.#agreements = this.#agreements.flatMap((agreement) => this.#split(agreement, values, place));
    if (this.#agreements.length === 0) throw this.#misfit(cell, values, place);
    if (this.#agreements.length > before) this.#differAt ??= place;
    return values[this.#agreements[0]!.readings[0]!]!;
  }

  addMissing(): void {
    for (const { values } of this.#agreements) values.push(Number.NaN);
  }

  finish(): ReadColumn {
    const fitting = this.#agreements.map(({ readings, values }) => ({
      names: readings.map((reading) => this.#reader.names[reading]!),
      values: values.finish(),
    }));
    return { fitting, differAt: this.#differAt, faults: this.#faults, marks: this.#marks };
  }

  #split({ readings, values: column }: Agreement, values: readonly number[], place: CellPlace): Agreement[] {
    const fitting = readings.filter((reading) => !Number.isNaN(values[reading]));
    for (const reading of readings)
      if (!fitting.includes(reading)) this.#faults.set(this.#reader.names[reading]!, place);
    const distinct = [...new Set(fitting.map((reading) => values[reading]!))];
    const copies = distinct.map((_, i) => (i === 0 ? column : column.copy()));
    return distinct.map((value, i) => {
      copies[i]!.push(value);
      return { readings: fitting.filter((reading) => values[reading] === value), values: copies[i]! };
    });
  }

  #misfit(cell: Cell, values: readonly number[], place: CellPlace): PipelineError {
    const { names, describe, wanted } = this.#reader;
    const fitting = names.filter((_, i) => !Number.isNaN(values[i]));
    const earlier = fitting.map((name) => this.#faults.get(name)).find((at) => at !== undefined && at.row < place.row);
    if (earlier === undefined) return errorAt('INVALID_VALUE', place, `found ${describe(cell)}, wanted ${wanted}`);
    const finding = `found a cell that can only be read with ${readingTitle(fitting[0]!)}, but row ${earlier.row} cannot`;
    return errorAt('INVALID_VALUE', place, `${finding}; wanted one way of writing in a column`);
  }
}

/** Name of a reading in a sentence. */
export function readingTitle(name: string): string {
  if (name === '.') return 'a decimal point';
  return name === ',' ? 'a decimal comma' : `the ${name}`;
}
