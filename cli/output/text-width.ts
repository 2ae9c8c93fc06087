import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes on a terminal; colour sequences take none, wide characters two. */
export const textWidth = (text: string): number => stringWidth(text);

/** A text of at most so many columns; a longer one ends in `…`. Without colours, which could be cut apart. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let width = 1; // of the ellipsis
  for (const { segment } of graphemes.segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    kept += segment;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** A text filled with blanks to so many columns. */
export const padText = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - textWidth(text)));
