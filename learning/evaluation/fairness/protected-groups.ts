/** Group membership of rows for one protected attribute. */
export interface ProtectedGroups {
  readonly attribute: string;
  /** In ascending order. */
  readonly names: readonly string[];
  /** (n,) position in `names`; −1 = unknown. */
  readonly member: Int32Array;
}

/**
 * Groups rows by name.
 * @param groupOf - (n,) a group's name, or null when it is unknown.
 */
export function protectedGroups(attribute: string, groupOf: readonly (string | null)[]): ProtectedGroups {
  const names = [...new Set(groupOf.filter((name) => name !== null))].sort();
  const position = new Map(names.map((name, i) => [name, i]));
  return { attribute, names, member: Int32Array.from(groupOf, (name) => (name === null ? -1 : position.get(name)!)) };
}

/** The same groups on a part of the rows. */
export const selectMembers = (groups: ProtectedGroups, rows: ArrayLike<number>): ProtectedGroups => ({
  ...groups,
  member: Int32Array.from(rows, (row) => groups.member[row]!),
});
