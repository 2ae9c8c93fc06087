/** Colours of the terminal, or the text unchanged where colours are not wanted. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const unpainted = (text: string): string => text;
const escape =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;

/** ANSI colours when `enabled`, else identity functions. */
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

/** True on a terminal without NO_COLOR (https://no-color.org). */
export const wantsColour = (isTerminal: boolean, noColour: string | undefined): boolean =>
  isTerminal && (noColour === undefined || noColour === '');
