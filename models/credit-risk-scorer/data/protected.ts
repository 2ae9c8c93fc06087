import type { DatasetSchema, TrainingData } from '../../../contracts/dataset.js';
import type { Column } from '../../../contracts/table.js';
import { protectedGroups, type ProtectedGroups } from '../../../learning/evaluation/fairness/protected-groups.js';

/** Columns that hold an age in years; the others are grouped by value. */
const AGE_COLUMNS: readonly string[] = ['ageYears', 'X5'];
/** Applicants up to this age are the group of the young. */
const YOUNG_UP_TO = 25;
/** An attribute with more values is not used as a grouping. */
const MOST_GROUPS = 12;

/** In a table of any layout the user names the columns. */
const AGE_NAME = /(?:^|[^a-z])age(?:$|[^a-z]|Years)/i;

/** Whether a protected column holds an age in years. */
export const isAge = (column: string, { table }: Pick<DatasetSchema, 'table'>): boolean =>
  table === undefined ? AGE_COLUMNS.includes(column) : AGE_NAME.test(column);

/** Name of the half of the known values that a value lies in. */
function halfOf(values: Float64Array): (value: number) => string {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const middle = known[(known.length - 1) >> 1] ?? NaN;
  return (value) => `${value <= middle ? 'up to' : 'over'} ${middle}`;
}

const ageGroup = (age: number): string => (age < YOUNG_UP_TO + 1 ? `up to ${YOUNG_UP_TO}` : `over ${YOUNG_UP_TO}`);

/** An age is young or not, a number of many values is low or high, all else is itself. */
function namerOf(name: string, values: Float64Array, schema: DatasetSchema): (value: number) => string {
  if (isAge(name, schema)) return ageGroup;
  const isMeasure = schema.table !== undefined && new Set(values).size > MOST_GROUPS;
  return isMeasure ? halfOf(values) : String;
}

function groupNames(name: string, column: Column, schema: DatasetSchema): (string | null)[] {
  if (column.kind === 'text') return [...column.values];
  const named = namerOf(name, Float64Array.from(column.values), schema);
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : named(value)));
}

/** The groups of every protected attribute that has at least two; an age is "up to 25" or "over 25". */
export function protectedAttributes({ schema, table }: TrainingData): ProtectedGroups[] {
  return (schema.protectedColumns ?? [])
    .flatMap((name) => {
      const column = table.columns[name];
      return column ? [protectedGroups(name, groupNames(name, column, schema))] : [];
    })
    .filter(({ names }) => names.length >= 2 && names.length <= MOST_GROUPS);
}

/** The schema with its protected columns as features. */
export function withProtectedFeatures(schema: DatasetSchema): DatasetSchema {
  const added = (schema.protectedColumns ?? []).map((name) => {
    const column = schema.columns.find((spec) => spec.name === name);
    const categorical = column?.type === 'text' || column?.type === 'category';
    return {
      name,
      kind: categorical ? ('categorical' as const) : ('numeric' as const),
      description: column?.description ?? name,
    };
  });
  return { ...schema, features: [...schema.features, ...added] };
}
