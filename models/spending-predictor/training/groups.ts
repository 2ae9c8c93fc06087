import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { type History, monthlyAmounts, monthsKnown } from '../forecast/history.js';
import { LOAN_CATEGORY } from '../data/vocabulary.js';
import type { LearnedModel } from '../forecast/learned-model.js';

/** Number of spending levels. */
const GROUPS = 10;
/** Months of history that a customer of a group has, if there are such customers. */
const FEWEST_MONTHS = 6;
/** Number of recent months of the means. */
const WINDOW = 12;

type Group = LearnedModel['groups'][number];

const rounded = (value: number): number => Math.round(value * 100) / 100;

/**
 * Category → mean of the recent months. Instalments of known loans are left out: they follow their schedules, and a new
 * customer without a loan has none.
 */
function averageMonth(history: History, until: number): Map<string, number> {
  const averages = new Map<string, number>();
  for (const category of [...history.months.keys()].sort()) {
    if (category === LOAN_CATEGORY && history.loans.length > 0) continue;
    const recent = monthlyAmounts(history, category, until).slice(-WINDOW);
    averages.set(category, mean(recent));
  }
  return averages;
}

function meanGroup(members: readonly ReadonlyMap<string, number>[]): Group {
  const names = [...new Set(members.flatMap((member) => [...member.keys()]))].sort();
  const categories = names.map((name) => {
    return [name, rounded(mean(members.map((member) => member.get(name) ?? 0)))] as const;
  });
  return {
    total: rounded(sum(categories.map(([, value]) => value))),
    categories: Object.fromEntries(categories),
  };
}

const totalOf = (member: ReadonlyMap<string, number>): number => sum([...member.values()]);

/** Mean month of the customers of each spending level, lowest first; one group when there are few customers. */
export function customerGroups(histories: Iterable<History>, until: number): Group[] {
  const all = [...histories].filter((history) => monthsKnown(history, until) > 0);
  const known = all.filter((history) => monthsKnown(history, until) >= FEWEST_MONTHS);
  const members = (known.length > 0 ? known : all).map((history) => averageMonth(history, until));
  members.sort((a, b) => totalOf(a) - totalOf(b));
  const count = Math.max(1, Math.min(GROUPS, Math.floor(members.length / 5)));
  return Array.from({ length: count }, (_, i) => {
    const part = members.slice(
      Math.floor((i * members.length) / count),
      Math.floor(((i + 1) * members.length) / count),
    );
    return meanGroup(part);
  });
}
