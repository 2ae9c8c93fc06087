import pg from 'pg';

/** What a statement is made of where a dollar sign is no parameter: comments, texts, quoted names, dollar-quoted texts. */
const pieces =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$[A-Za-z_]\w*\$|\$\$)[\s\S]*?\1|\$(\d+)/g;

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : pg.escapeLiteral(value);

/**
 * A statement with its values in place of `$1`, `$2`, …, since COPY takes no parameters. Comments are left out: a value
 * with a line break would end one.
 */
export const inlineParameters = (statement: string, values: readonly (string | number)[]): string =>
  statement.replace(pieces, (piece, _tag: string | undefined, parameter: string | undefined) => {
    if (piece.startsWith('--') || piece.startsWith('/*')) return ' ';
    return parameter === undefined ? piece : literal(values[Number(parameter) - 1]!);
  });
