import { randomInt } from 'node:crypto';
import { visible } from './visible.js';

/** Colours of the terminal, or the text unchanged where colours are not wanted. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/**
 * Parameters that mark our own colour sequences until they are printed. They are drawn anew in each process, so that no
 * quoted text contains them.
 */
const mark = [1, 2, 3].map(() => randomInt(1000, 10_000)).join(';');
const marked = new RegExp(`(\\u001b\\[\\d+;${mark}m)`);

/** A text as it is printed: our own colours as the terminal wants them, every other control character made visible. */
export const printable = (text: string): string =>
  text
    .split(marked)
    .map((piece) => (marked.test(piece) ? piece.replace(`;${mark}`, '') : visible(piece)))
    .join('');

const unpainted = (text: string): string => text;
const escape =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open};${mark}m${text}\u001b[${close};${mark}m`;

/** ANSI colours, marked for `printable`, when `enabled`, else identity functions. */
export function createPaint(enabled: boolean): Paint {
  if (!enabled) return { bold: unpainted, dim: unpainted, red: unpainted, green: unpainted, yellow: unpainted };
  return {
    bold: escape(1, 22),
    dim: escape(2, 22),
    red: escape(31, 39),
    green: escape(32, 39),
    yellow: escape(33, 39),
  };
}

/** The variables that tell what a terminal can do and what its user wants. */
export interface TerminalVariables {
  readonly NO_COLOR?: string | undefined;
  readonly TERM?: string | undefined;
  readonly CI?: string | undefined;
}

/** True on a terminal that has colours, without NO_COLOR (https://no-color.org). */
export const wantsColour = (isTerminal: boolean, { NO_COLOR = '', TERM }: TerminalVariables): boolean =>
  isTerminal && TERM !== 'dumb' && NO_COLOR === '';
