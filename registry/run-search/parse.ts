import { type Field, findField } from './fields.js';
import { filterFault, type Token, tokenize } from './tokens.js';
import { utcMoment } from './utc-moment.js';

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Value = string | number | boolean;

/** A filter as a tree. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly field: Field; readonly by: Comparator; readonly value: Value }
  | { readonly kind: 'in'; readonly field: Field; readonly values: readonly Value[] }
  | { readonly kind: 'like'; readonly field: Field; readonly pattern: string; readonly ignoreCase: boolean }
  | { readonly kind: 'null'; readonly field: Field };

/** Parentheses and `not` within each other. */
const DEEPEST = 50;

const comparators: Readonly<Record<string, Comparator>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const words: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, infinity: Infinity };

/**
 * The tree of a filter such as `metrics.aucRoc > 0.8 and (tags.team = 'risk' or params.maxDepth in (4, 6))`.
 * @throws PipelineError `INVALID_FILTER` with the position.
 */
export function parseFilter(filter: string): Condition {
  return new FilterParser(filter).parse();
}

/** A field as `--order-by` names it. @throws PipelineError `INVALID_FILTER`. */
export function parseOrder(order: string): { readonly field: Field; readonly descending: boolean } {
  return new FilterParser(order).parseOrder();
}

/** Recursive descent: or < and < not < comparison. */
class FilterParser {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokenize(filter);
  }

  parse(): Condition {
    const found = this.#or();
    this.#expectEnd('"and", "or" or the end');
    return found;
  }

  parseOrder(): { readonly field: Field; readonly descending: boolean } {
    const field = this.#field();
    const descending = this.#takeWord('desc');
    if (!descending) this.#takeWord('asc');
    this.#expectEnd('"asc", "desc" or the end');
    return { field, descending };
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#takeWord('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#takeWord('and')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #not(): Condition {
    if (!this.#takeWord('not')) return this.#primary();
    return this.#nested(() => ({ kind: 'not', part: this.#not() }));
  }

  #primary(): Condition {
    if (!this.#takeOperator('(')) return this.#comparison();
    return this.#nested(() => {
      const inner = this.#or();
      if (!this.#takeOperator(')')) throw this.#fault('wanted ")"');
      return inner;
    });
  }

  #nested<Result>(parse: () => Result): Result {
    if (++this.#depth > DEEPEST) throw this.#fault(`more than ${DEEPEST} levels of parentheses and "not"`);
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  #comparison(): Condition {
    const field = this.#field();
    if (this.#takeWord('is')) {
      const negated = this.#takeWord('not');
      if (!this.#takeWord('null')) throw this.#fault('wanted "null" or "not null"');
      return negate({ kind: 'null', field }, negated);
    }
    const negated = this.#takeWord('not');
    if (this.#takeWord('in')) return negate({ kind: 'in', field, values: this.#list(field) }, negated);
    for (const [word, ignoreCase] of [
      ['like', false],
      ['ilike', true],
    ] as const)
      // prettier-ignore
      if (this.#takeWord(word)) return negate({ kind: 'like', field, ignoreCase, pattern: this.#pattern(field) }, negated);
    const by = comparators[this.#current().text];
    if (negated || by === undefined || this.#current().kind !== 'operator')
      throw this.#fault(negated ? 'wanted "in" or "like" after "not"' : 'wanted =, !=, <, <=, >, >=, in, like or is');
    this.#next += 1;
    return { kind: 'compare', field, by, value: this.#value(field) };
  }

  #field(): Field {
    const first = this.#current();
    if (first.kind !== 'name') throw this.#fault('wanted a field');
    this.#next += 1;
    const found = findField(first.text, this.#nameAfterPoint());
    if (typeof found === 'string') throw filterFault(this.#filter, first.at, found);
    return found;
  }

  /** Names of parameters may have points of their own; what else a name has is quoted. */
  #nameAfterPoint(): string | null {
    const parts: string[] = [];
    while (this.#takeOperator('.')) {
      const { kind, text } = this.#current();
      if (kind !== 'name' && kind !== 'quoted-name') throw this.#fault('wanted a name after the point');
      this.#next += 1;
      parts.push(text);
    }
    return parts.length === 0 ? null : parts.join('.');
  }

  #list(field: Field): readonly Value[] {
    if (!this.#takeOperator('(')) throw this.#fault('wanted a list in parentheses');
    const values = [this.#value(field)];
    while (this.#takeOperator(',')) values.push(this.#value(field));
    if (!this.#takeOperator(')')) throw this.#fault('wanted "," or ")"');
    return values;
  }

  #pattern({ kind, name }: Field): string {
    if (kind === 'number' || kind === 'time') throw this.#fault(`${name} is no text; "like" compares texts`);
    const { kind: found, text } = this.#current();
    if (found !== 'text') throw this.#fault("wanted a pattern in quotes, such as 'weekly-%'");
    if (endsWithEscape(text)) throw this.#fault('wanted a character after the last "\\"; one itself is "\\\\"');
    this.#next += 1;
    return text;
  }

  #value(field: Field): Value {
    const at = this.#current();
    const value = this.#literal();
    const fault = faultOfValue(field, value);
    if (fault !== null) throw filterFault(this.#filter, at.at, fault);
    return value;
  }

  #literal(): Value {
    const negative = this.#takeOperator('-');
    const { kind, text } = this.#current();
    const word = kind === 'name' ? text.toLowerCase() : '';
    const found = kind === 'text' ? text : kind === 'number' ? Number(text) : literalOf(word);
    if (found === null) throw this.#fault("wanted a number, a text in quotes ('…'), true, false, nan or inf");
    this.#next += 1;
    return negative ? -(found as number) : found;
  }

  #current(): Token {
    return this.#tokens[this.#next]!;
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#current();
    const isIt = kind === 'name' && text.toLowerCase() === word;
    if (isIt) this.#next += 1;
    return isIt;
  }

  #takeOperator(operator: string): boolean {
    const { kind, text } = this.#current();
    const isIt = kind === 'operator' && text === operator;
    if (isIt) this.#next += 1;
    return isIt;
  }

  #expectEnd(wanted: string): void {
    if (this.#current().kind !== 'end') throw this.#fault(`wanted ${wanted}`);
  }

  #fault(finding: string) {
    const { kind, text, at } = this.#current();
    const found = kind === 'end' ? 'the end' : `"${text.slice(0, 40)}"`;
    return filterFault(this.#filter, at, `${finding}, found ${found}`);
  }
}

const negate = (part: Condition, negated: boolean): Condition => (negated ? { kind: 'not', part } : part);

function literalOf(word: string): Value | null {
  if (word === 'true' || word === 'false') return word === 'true';
  return Object.hasOwn(words, word) ? words[word]! : null;
}

/** What is wrong with a value of a field; null when it fits. */
function faultOfValue({ kind, name }: Field, value: Value): string | null {
  const found = typeof value === 'string' ? `the text '${value.slice(0, 40)}'` : String(value);
  if (kind === 'number' && typeof value !== 'number') return `${name} is a number, found ${found}`;
  if (kind === 'text' && typeof value !== 'string') return `${name} is a text, in quotes: '${found}'`;
  if (kind === 'json' && typeof value === 'number' && !Number.isFinite(value)) return `${name} is never ${found}`;
  return kind !== 'time' || isMoment(value)
    ? null
    : `${name} is a time, such as '2026-11-30' or '2026-11-30T03:00:00Z', found ${found}`;
}

/** A backslash takes its meaning from the next character of a pattern, so PostgreSQL refuses one at the end. */
const endsWithEscape = (pattern: string): boolean => /\\*$/.exec(pattern)![0].length % 2 === 1;

const isMoment = (value: Value): boolean => typeof value === 'string' && utcMoment(value) !== null;
