import { nearestHint } from '../../../contracts/nearest-name.js';
import { PipelineError } from '../../../contracts/errors.js';
import { isoDate } from '../../../learning/time-series/calendar/index.js';
import { committedCategories, incomeCategories, internalCategories, UNKNOWN_CATEGORY } from '../data/vocabulary.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import type { SentTransaction } from './request.js';

/** Days that a transaction may lie after all that is known before it, as rows of a file may. */
const FURTHEST_DAYS = 366;
/** Years by which the first transactions may be newer than the training data of a version that was not renewed. */
const LONGEST_USE_DAYS = 10 * 366;
/** Words that are named in an answer. */
const MOST_WORDS = 5;

/** What sent transactions are compared with; days since the epoch. */
export interface KnownDays {
  /** First day that neither the stored history nor the training data know. */
  readonly until: number;
  /** Whether a stored history says what is usual for the customer. */
  readonly hasHistory: boolean;
  /** First day to forecast, where the request names it. */
  readonly asOf: number | null;
}

/**
 * A date far after all others, `2062` for `2026`, would move the forecast there.
 * @param days - of the sent transactions, in their order.
 * @throws PipelineError `INVALID_INPUT` naming the transaction and the last day that would do.
 */
export function requirePlausibleDays(days: readonly number[], { until, hasHistory, asOf }: KnownDays): void {
  const order = days.map((_, i) => i).sort((a, b) => days[a]! - days[b]!);
  let newest = until;
  let slack = hasHistory ? FURTHEST_DAYS : LONGEST_USE_DAYS;
  for (const i of order) {
    const limit = Math.min(newest + slack, asOf === null ? Infinity : asOf + FURTHEST_DAYS);
    if (days[i]! > limit) throw tooLate(i, limit);
    newest = Math.max(newest, days[i]!);
    slack = FURTHEST_DAYS;
  }
}

function tooLate(index: number, limit: number): PipelineError {
  const field = `transactions.${index}.bookedAt`;
  const message = `${field}: dated more than a year after all that is known before it, wanted at most ${isoDate(limit)}`;
  return new PipelineError('INVALID_INPUT', message, { field });
}

const knownCategories = ({ errors, groups }: Pick<LearnedModel, 'errors' | 'groups'>): string[] => [
  ...errors.names,
  ...groups.flatMap(({ categories }) => Object.keys(categories)),
  ...[internalCategories, committedCategories, incomeCategories].flatMap((words) => [...words]),
  UNKNOWN_CATEGORY,
];

/**
 * Notes on the categories of sent transactions that neither training nor the stored history has, each with the nearest.
 * @param held - categories of the stored history.
 */
export function unseenCategoryNotes(
  sent: readonly SentTransaction[],
  model: Pick<LearnedModel, 'errors' | 'groups'>,
  held: readonly string[],
): string[] {
  const known = [...new Set([...knownCategories(model), ...held])];
  const rows = new Map<string, number[]>();
  sent.forEach(({ category }, i) => {
    if (category && !known.includes(category)) rows.set(category, [...(rows.get(category) ?? []), i]);
  });
  const note = ([word, [first = 0, ...others]]: [string, number[]]): string => {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const finding = `transactions.${first}.category${more}: a word that training has not seen, a category of its own here`;
    return `${finding}${nearestHint(word, known)}`;
  };
  return [...rows].slice(0, MOST_WORDS).map(note);
}
