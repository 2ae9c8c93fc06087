import type { Output } from './output.js';

/** Prints a text of several lines on standard output, without line feeds at its end. */
export function printText(out: Pick<Output, 'line'>, text: string): void {
  for (const line of text.trimEnd().split('\n')) out.line(line);
}
