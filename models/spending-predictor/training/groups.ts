import { type History, monthlyAmounts, monthsKnown } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';

/** Levels of spending that newcomers are compared with. */
const GROUPS = 10;
const FEWEST_MONTHS = 6;
const WINDOW = 12;

type Group = LearnedModel['groups'][number];

const rounded = (value: number): number => Math.round(value * 100) / 100;

function averageMonth(history: History, until: number): Map<string, number> {
  const averages = new Map<string, number>();
  for (const category of [...history.months.keys()].sort()) {
    const recent = monthlyAmounts(history, category, until).slice(-WINDOW);
    averages.set(category, recent.reduce((sum, value) => sum + value, 0) / recent.length);
  }
  return averages;
}

function meanGroup(members: readonly ReadonlyMap<string, number>[]): Group {
  const names = [...new Set(members.flatMap((member) => [...member.keys()]))].sort();
  const categories = names.map((name) => {
    const sum = members.reduce((all, member) => all + (member.get(name) ?? 0), 0);
    return [name, rounded(sum / members.length)] as const;
  });
  return {
    total: rounded(categories.reduce((sum, [, value]) => sum + value, 0)),
    categories: Object.fromEntries(categories),
  };
}

const totalOf = (member: ReadonlyMap<string, number>): number => [...member.values()].reduce((a, b) => a + b, 0);

/** Mean month of the customers of each level of spending, lowest first; all customers together when they are few. */
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
