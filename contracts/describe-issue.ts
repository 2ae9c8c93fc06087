import type { z } from 'zod';
import { countCharacters } from './bounded-text.js';
import { nearestHint } from './nearest-name.js';

type Issue = z.core.$ZodIssue;

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], input);

/** What a value is, without the value, which may be personal. */
function kindOf(found: unknown): string {
  if (found === undefined) return 'nothing';
  if (found === null) return 'null';
  if (Array.isArray(found)) return `a list of ${found.length}`;
  if (typeof found === 'string')
    return found === '' ? 'an empty text' : `a text of ${countCharacters(found)} characters`;
  if (typeof found === 'number') return found < 0 ? 'a negative number' : 'a number';
  return typeof found === 'object' ? 'an object' : `a ${typeof found}`;
}

const text = (value: unknown): string => (typeof value === 'number' ? value.toLocaleString('en-US') : String(value));

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };
  const unit = units[issue.origin] ?? '';
  if (issue.code === 'too_small')
    return `${issue.inclusive === false ? 'more than' : 'at least'} ${text(issue.minimum)}${unit}`;
  return `${issue.inclusive === false ? 'less than' : 'at most'} ${text(issue.maximum)}${unit}`;
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  int: 'a whole number',
};

function outsideList(found: string, given: string, names: readonly string[]): string {
  return `found ${found} that is not in the list, wanted one of ${names.join(', ')}${nearestHint(given, names)}`;
}

function describeValue(issue: Issue, input: unknown): string {
  const value = valueAt(input, issue.path);
  const found = kindOf(value);
  if (issue.code === 'too_small' || issue.code === 'too_big') return `found ${found}, wanted ${bound(issue)}`;
  if (issue.code === 'invalid_type') return `found ${found}, wanted ${typeNames[issue.expected] ?? issue.expected}`;
  if (issue.code === 'not_multiple_of' && issue.divisor === 1) return 'found a fraction, wanted a whole number';
  if (issue.code !== 'invalid_value') return issue.message;
  return outsideList(found, typeof value === 'string' ? value : '', issue.values.map(String));
}

/** @param fields - names that the schema knows. */
function describeUnknown(keys: readonly string[], fields: readonly string[]): string[] {
  return keys.map((key) => `${key}: there is no input of this name${nearestHint(key, fields)}`);
}

/**
 * Faults of an input as "field: found …, wanted …", one each. Values are not shown, names of fields and lists are.
 * @param fields - names that the schema knows, asked for only when the input has another one.
 */
export const describeIssues = (
  { issues }: z.core.$ZodError,
  input: unknown,
  fields: () => readonly string[],
): string[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0
      ? describeUnknown(issue.keys, fields())
      : [`${issue.path.join('.') || 'input'}: ${describeValue(issue, input)}`],
  );
