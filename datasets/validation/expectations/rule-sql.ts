import type { RowRule } from '../../../contracts/expectations.js';
import type { ColumnKind } from '../../../contracts/table.js';
import { quoteText } from '../../snapshots/duckdb.js';
import { valueName } from '../files/check-file.js';
import { numberSql } from '../files/row-checks.js';

/** A rule as a check of single rows. */
export interface RuleCheck {
  /** What was found and wanted, without the value, which may be personal. */
  readonly finding: string;
  /** SQL that is true for a row that fails; null passes. */
  readonly fails: string;
}

type Kinds = ReadonlyMap<string, ColumnKind>;
type Constant = string | number;
/** Rules that look at one row alone. */
export type SingleRowRule = Exclude<RowRule, { readonly rule: 'unique' | 'foreign-key' | 'monotone' }>;
type RuleOf<Kind extends SingleRowRule['rule']> = Extract<SingleRowRule, { readonly rule: Kind }>;

const valueOf = (column: string): string => `t.${valueName(column)}`;

/** SQL of a constant that is compared with cells of this kind; moments are milliseconds there. */
function constantSql(value: Constant, kind: ColumnKind): string {
  if (kind === 'text') return quoteText(String(value));
  return numberSql(kind === 'timestamp' && typeof value === 'string' ? Date.parse(value) : Number(value));
}

const readsAs: Readonly<Record<RuleOf<'type'>['type'], string>> = {
  number: 'a number',
  integer: 'an integer',
  flag: 'a flag (0, 1, true, false)',
  timestamp: 'a moment',
};

/** True for a text that does not read as the type; null for a missing one. */
function unreadableSql(value: string, type: RuleOf<'type'>['type']): string {
  if (type === 'timestamp') return `${value} is not null and try_cast(${value} as timestamp) is null`;
  if (type === 'flag') return `lower(${value}) not in ('0', '1', 'true', 'false')`;
  const cast = `try_cast(${value} as double)`;
  const unread = `${value} is not null and ${cast} is null`;
  return type === 'number' ? unread : `(${unread}) or ${cast} <> trunc(${cast})`;
}

function typeCheck({ column, type }: RuleOf<'type'>, kinds: Kinds): RuleCheck {
  const value = valueOf(column);
  if (kinds.get(column) === 'text')
    return { finding: `does not read as ${readsAs[type]}`, fails: unreadableSql(value, type) };
  const fails =
    type === 'flag'
      ? `${value} not in (0.0, 1.0)`
      : type === 'integer'
        ? `isinf(${value}) or ${value} <> trunc(${value})`
        : `isinf(${value})`;
  return { finding: `is not ${readsAs[type]}`, fails };
}

function rangeCheck({ column, minimum, maximum }: RuleOf<'range'>, kinds: Kinds): RuleCheck {
  const value = valueOf(column);
  const kind = kinds.get(column)!;
  const below = minimum === undefined ? [] : [`${value} < ${constantSql(minimum, kind)}`];
  const above = maximum === undefined ? [] : [`${value} > ${constantSql(maximum, kind)}`];
  const bounds = `${minimum ?? '−∞'} to ${maximum ?? '∞'}`;
  return { finding: `outside the range ${bounds}`, fails: [...below, ...above].join(' or ') || 'false' };
}

function compareCheck({ column, operator, to, when }: RuleOf<'compare'>, kinds: Kinds): RuleCheck {
  const right = 'column' in to ? valueOf(to.column) : constantSql(to.value, kinds.get(column)!);
  const wanted = `${column} ${operator} ${'column' in to ? to.column : to.value}`;
  const broken = `not (${valueOf(column)} ${operator} ${right})`;
  if (when === undefined) return { finding: `wanted ${wanted}`, fails: broken };
  const condition = `${valueOf(when.column)} ${when.operator} ${constantSql(when.value, kinds.get(when.column)!)}`;
  const where = `${when.column} ${when.operator} ${when.value}`;
  return { finding: `wanted ${wanted} where ${where}`, fails: `${condition} and ${broken}` };
}

/** A rule that looks at one row alone, as SQL. @param kinds - of the file's columns; those of the rule are among them. */
export function ruleCheck(rule: SingleRowRule, kinds: Kinds): RuleCheck {
  switch (rule.rule) {
    case 'not-null':
      return { finding: 'missing, wanted a value', fails: `${valueOf(rule.column)} is null` };
    case 'type':
      return typeCheck(rule, kinds);
    case 'range':
      return rangeCheck(rule, kinds);
    case 'set': {
      const values = rule.values.map((value) => constantSql(value, kinds.get(rule.column)!));
      const finding = `not among the ${values.length} expected values`;
      return { finding, fails: `${valueOf(rule.column)} not in (${values.join(', ')})` };
    }
    case 'regex': {
      const pattern = quoteText(rule.pattern);
      const fails = `not regexp_full_match(${valueOf(rule.column)}, ${pattern})`;
      return { finding: `does not match ${rule.pattern}`, fails };
    }
    case 'compare':
      return compareCheck(rule, kinds);
  }
}
