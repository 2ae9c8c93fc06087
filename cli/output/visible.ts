/** Control, direction and line-separator characters, with which quoted text could control the terminal. */
const controls = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Escapes control and direction characters, line feeds included. */
export const visible = (text: string): string => text.replace(controls, escaped);

/** JSON text with the same characters escaped as JSON does; line feeds, which stand between its lines, stay. */
export const visibleJson = (json: string): string =>
  json.replace(controls, (character) => (character === '\n' ? character : escaped(character)));

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16).padStart(4, '0');
  return `\\u${code}`;
}
