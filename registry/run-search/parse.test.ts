import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../../contracts/errors.js';
import { type Condition, parseFilter, parseOrder } from './parse.js';
import { tokenize } from './tokens.js';
import { utcMoment } from './utc-moment.js';

/** A tree as text with all its parentheses, for people who read the test. */
function shown(condition: Condition): string {
  if ('parts' in condition) return `(${condition.parts.map(shown).join(` ${condition.kind} `)})`;
  if ('part' in condition) return `not ${shown(condition.part)}`;
  const { field } = condition;
  const name = field.group === null ? field.name : `${field.group}.${field.name}`;
  if (condition.kind === 'null') return `${name} is null`;
  if (condition.kind === 'in') return `${name} in ${condition.values.map(String).join('|')}`;
  if (condition.kind === 'like') return `${name} ${condition.ignoreCase ? 'ilike' : 'like'} ${condition.pattern}`;
  return `${name} ${condition.by} ${String(condition.value)}`;
}

const messageOf = (filter: string): string => {
  try {
    parseFilter(filter);
  } catch (fault) {
    expect(fault).toMatchObject({ code: 'INVALID_FILTER' });
    return (fault as PipelineError).message;
  }
  throw new Error(`${filter} was parsed`);
};

describe('a filter', () => {
  it.each([
    [
      "metrics.auc > 0.8 and params.maxDepth = 6 and tags.team = 'risk'",
      '(metrics.auc > 0.8 and params.maxDepth = 6 and tags.team = risk)',
    ],
    ["model = 'a' or model = 'b' and seed = 1", '(model = a or (model = b and seed = 1))'],
    ["(model = 'a' or model = 'b') and not seed <> 1", '((model = a or model = b) and not seed != 1)'],
    ["decision not in ('failed', 'cancelled')", 'not decision in failed|cancelled'],
    ["run LIKE 'weekly-%' AND reason is NOT null", '(run like weekly-% and not reason is null)'],
    ["note not ilike '%o''clock%'", "not note ilike %o'clock%"],
    [
      'metrics.`precision@100` >= -1.5e-3 and metrics.f1:MERCHANT < .5',
      '(metrics.precision@100 >= -0.0015 and metrics.f1:MERCHANT < 0.5)',
    ],
    [
      'metrics."a b" = nan or series.boosting = -inf or metrics.x = infinity',
      '(metrics.a b = NaN or series.boosting = -Infinity or metrics.x = Infinity)',
    ],
    [
      "params.nested.depth = true and params.engine in ('a', 2)",
      '(params.nested.depth = true and params.engine in a|2)',
    ],
    ["started >= '2026-11-30' and duration>90", '(started >= 2026-11-30 and duration > 90)'],
  ])('%s', (filter, tree) => {
    expect(shown(parseFilter(filter))).toBe(tree);
  });

  it('shows the place of a fault with a caret', () => {
    expect(messageOf('metrics.auc > and seed = 1')).toBe(
      'position 15: wanted a number, a text in quotes (\'…\'), true, false, nan or inf, found "and"\n' +
        '  metrics.auc > and seed = 1\n' +
        '                ^',
    );
  });

  it.each([
    ['', /^position 1: wanted a field, found the end/],
    ['modle = 1', /^position 1: there is no field "modle" \(did you mean "model"\?\)|there is no field "modle".*model/],
    ['metric.auc > 1', /there is no group "metric".*metrics/],
    ['metrics > 1', /metrics wants a name after a point/],
    ['metrics. > 1', /position 10: wanted a name after the point, found ">"/],
    ["metrics.auc > 'high'", /position 15: auc is a number, found the text 'high'/],
    ['model = 5', /model is a text, in quotes: '5'/],
    ["started > 'soon'", /started is a time, such as '2026-11-30'/],
    ["model = 'open", /position 9: the quote ' is not closed/],
    ['seed = 1 seed = 2', /position 10: wanted "and", "or" or the end, found "seed"/],
    ['(seed = 1', /position 10: wanted "\)", found the end/],
    ['seed = 1; drop table runs', /position 9: unexpected ;/],
    ['seed', /wanted =, !=, .* or is, found the end/],
    ['seed not = 1', /wanted "in" or "like" after "not", found "="/],
    ['seed in ()', /wanted a number/],
    ["seed like '1%'", /seed is no text/],
    ['model like 5', /wanted a pattern in quotes/],
    ['reason is 5', /wanted "null" or "not null", found "5"/],
    ['params.x = nan', /x is never NaN/],
    ['seed = 1x', /unexpected 1|wanted/],
    [`${'('.repeat(60)}seed = 1`, /more than 50 levels/],
    ['params.x = constructor', /wanted a number, .* found "constructor"/],
    ["started > '2026-02-30'", /started is a time/],
    ["started > '2026-11-30 10:00 PM'", /started is a time/],
    ["started > '2026-11-30 (noon)'", /started is a time/],
    ["started > '0000-01-01'", /started is a time/],
    [String.raw`model like 'a\'`, /wanted a character after the last/],
    ["model = '\u0000'", /position 10: a character that no text of the database has/],
    ["tags.a = '\ud800'", /position 11: a character that no text of the database has/],
    [`model = '${'x'.repeat(5000)}'`, /it has 5010 characters, at most 4000/],
  ])('refuses %s', (filter, message) => {
    expect(messageOf(filter)).toMatch(message);
  });

  it('ends with a tree or a typed error whatever the text', () => {
    const pieces = fc.constantFrom('metrics.auc', 'model', '=', '>', '(', ')', 'and', 'or', 'not', 'in', "'a'", '1', 'nan', '-', ',', 'is', 'null', 'like', '`x`', ';', '\u0000', '😀'); // prettier-ignore
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join(' ')),
        ),
        (text) => {
          try {
            parseFilter(text);
          } catch (fault) {
            expect(fault).toBeInstanceOf(PipelineError);
            expect((fault as PipelineError).details.position).toBeLessThanOrEqual(text.length + 1);
          }
        },
      ),
    );
  });

  it('keeps what quotes hold', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (value) => {
        const [token] = tokenize(`'${value.replaceAll("'", "''")}'`);
        expect(token).toEqual({ kind: 'text', text: value, at: 0 });
      }),
    );
  });
});

describe('a moment', () => {
  it.each([
    ['2026-11-30', '2026-11-30T00:00Z'],
    ['2026-11-30T03:00', '2026-11-30T03:00Z'],
    ['2026-11-30 03:00:00.123456z', '2026-11-30T03:00:00.123456Z'],
    ['2026-11-30T03:00:00+05:30', '2026-11-30T03:00:00+05:30'],
    ['2026-11-31', null],
    ['2026-11-30T25:00', null],
    ['2026-11-30Z', null],
  ])('%s is %s', (text, moment) => {
    expect(utcMoment(text)).toBe(moment);
  });
});

describe('an order', () => {
  it('is a field with a direction', () => {
    expect(parseOrder('metrics.auc DESC')).toMatchObject({
      field: { group: 'metrics', name: 'auc' },
      descending: true,
    });
    expect(parseOrder('started asc').descending).toBe(false);
    expect(parseOrder('duration').descending).toBe(false);
    expect(() => parseOrder('started descending')).toThrow(/position 9: wanted "asc", "desc" or the end/);
  });
});
