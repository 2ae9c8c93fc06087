import { type DataPlace, errorAt } from '../contracts/errors.js';

/** Blank rows between others may be this share of all, and one in any file. */
const LARGEST_BLANK_SHARE = 0.1;

/** Counts rows without any value that are skipped; those at the end, which spreadsheets leave, may be any number. */
export class BlankRows {
  #filled = 0;
  #between = 0;
  #since = 0;

  add(isBlank: boolean): void {
    if (isBlank) {
      this.#since += 1;
      return;
    }
    this.#filled += 1;
    this.#between += this.#since;
    this.#since = 0;
  }

  /**
   * What is said of them; [] when there are none.
   * @throws PipelineError `MALFORMED_FILE` when several, and more than a tenth of the rows, are blank and between others.
   */
  remarks(place: DataPlace): string[] {
    const all = this.#filled + this.#between;
    if (this.#between > Math.max(1, LARGEST_BLANK_SHARE * all)) {
      const finding = `${this.#between} of ${all} rows are blank, wanted at most ${100 * LARGEST_BLANK_SHARE} %`;
      throw errorAt('MALFORMED_FILE', place, finding);
    }
    const blank = this.#between + this.#since;
    return blank === 0 ? [] : [`blank rows that were skipped: ${blank}`];
  }
}

/** The rows that hold something. @param remark - is told how many do not. @throws PipelineError as {@link BlankRows}. */
export function withoutBlanks<Row>(
  rows: readonly Row[],
  isBlank: (row: Row) => boolean,
  { place, remark }: { readonly place: DataPlace; readonly remark: (sentence: string) => void },
): Row[] {
  const blank = new BlankRows();
  const filled = rows.filter((row) => {
    const empty = isBlank(row);
    blank.add(empty);
    return !empty;
  });
  for (const sentence of blank.remarks(place)) remark(sentence);
  return filled;
}
