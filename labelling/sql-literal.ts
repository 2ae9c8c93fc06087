/** A text as a string constant of SQL, with `standard_conforming_strings` on, as is PostgreSQL's default. */
export const sqlLiteral = (value: string): string => `'${value.replaceAll("'", "''")}'`;
