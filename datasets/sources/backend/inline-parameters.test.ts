import { describe, expect, it } from 'vitest';
import { inlineParameters } from './inline-parameters.js';

describe('inlineParameters', () => {
  it('replaces parameters by literals, and leaves texts, names and dollar quotes as they are', () => {
    const statement = `select '$1', "a$1", E'it\\'s $2', $x$ $1 $x$, $1, $$ $2 $$ from t where b = $2 and c < $10`;
    const values = ["O'Hara", 7, ...Array<number>(7).fill(0), 12];
    expect(inlineParameters(statement, values)).toBe(
      `select '$1', "a$1", E'it\\'s $2', $x$ $1 $x$, 'O''Hara', $$ $2 $$ from t where b = 7 and c < 12`,
    );
  });

  it('leaves comments out, which a value with a line break would end', () => {
    const hostile = 'x\n; drop table users; --';
    const statement = '-- Parameters: $1 source\nselect /* $1\n */ $1 -- and $1';
    expect(inlineParameters(statement, [hostile])).toBe(` \nselect   '${hostile}'  `);
  });
});
