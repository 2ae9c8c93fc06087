import { PipelineError } from '../contracts/errors.js';
import { nearestName } from '../contracts/nearest-name.js';

/** A name in a file of labels and its row, counted from 1 below the header. */
export interface GivenName {
  readonly name: string;
  readonly row: number;
}

export interface NameCheck {
  readonly file: string;
  readonly column: string;
  /** What one name stands for, such as `intent`. */
  readonly noun: string;
  readonly known: Iterable<string>;
  /** How a caller declares a new name, such as `--new-intent <name>`. */
  readonly allow: string;
}

/**
 * Refuses unknown names: a typing mistake would become a class of its own.
 * @throws PipelineError `INVALID_VALUE` for the first name that is not known, with file, row, column, the name found,
 *   the nearest known one and how to allow a new one.
 */
export function requireKnownNames(given: readonly GivenName[], check: NameCheck): void {
  const known = new Set(check.known);
  const first = given.find(({ name }) => !known.has(name));
  if (first === undefined) return;
  const { file, column, noun } = check;
  const { name, row } = first;
  const nearest = nearestName(name, known);
  const meant = nearest === null ? `no ${noun} is known yet` : `the nearest known one is "${nearest}"`;
  const finding = `found the unknown ${noun} "${name}", ${meant}; allow a new one with ${check.allow}`;
  throw new PipelineError('INVALID_VALUE', `${file}, row ${row}, column "${column}": ${finding}`, {
    file,
    row,
    column,
    value: name,
    nearest,
  });
}
