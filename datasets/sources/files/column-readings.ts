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

/** A cell with its values by reading. */
interface ReadCell {
  readonly cell: Cell;
  readonly values: readonly number[];
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
  /** Of the same cells: how they are written. */
  readonly #writings = new Map<string, string>();
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
    this.#agreements = this.#agreements.flatMap((agreement) => this.#split(agreement, { cell, values }, place));
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

  #split({ readings, values: column }: Agreement, { cell, values }: ReadCell, place: CellPlace): Agreement[] {
    const fitting = readings.filter((reading) => !Number.isNaN(values[reading]));
    for (const reading of readings)
      if (!fitting.includes(reading)) this.#drop(this.#reader.names[reading]!, cell, place);
    const distinct = [...new Set(fitting.map((reading) => values[reading]!))];
    const copies = distinct.map((_, i) => (i === 0 ? column : column.copy()));
    return distinct.map((value, i) => {
      copies[i]!.push(value);
      return { readings: fitting.filter((reading) => values[reading] === value), values: copies[i]! };
    });
  }

  #drop(reading: string, cell: Cell, place: CellPlace): void {
    this.#faults.set(reading, place);
    const writing = this.#reader.writing?.(cell) ?? null;
    if (writing !== null) this.#writings.set(reading, writing);
  }

  #misfit(cell: Cell, values: readonly number[], place: CellPlace): PipelineError {
    const { names, describe, wanted, writing = () => null } = this.#reader;
    const fitting = names.filter((_, i) => !Number.isNaN(values[i]));
    const excluded = fitting.find((name) => (this.#faults.get(name)?.row ?? Infinity) < place.row);
    if (excluded === undefined) return errorAt('INVALID_VALUE', place, `found ${describe(cell)}, wanted ${wanted}`);
    const only = `${readingTitle(fitting[0]!)}${inBrackets(writing(cell))}`;
    const earlier = `row ${this.#faults.get(excluded)!.row}${inBrackets(this.#writings.get(excluded) ?? null)}`;
    const finding = `found a cell that can only be read with ${only}, but ${earlier} cannot`;
    return errorAt('INVALID_VALUE', place, `${finding}; wanted one way of writing in a column`);
  }
}

const inBrackets = (writing: string | null): string => (writing === null ? '' : ` (${writing})`);

/** Name of a reading in a sentence. */
export function readingTitle(name: string): string {
  if (name === '.') return 'a decimal point';
  return name === ',' ? 'a decimal comma' : `the ${name}`;
}
