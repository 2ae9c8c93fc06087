import { daysInMonth, monthOfDay, parseIsoDate } from '../../../learning/time-series/calendar/index.js';
import type { SpendingAnswer } from './answer.js';

/** Explanation of a forecast's first month. */
export interface SpendingExplanation {
  readonly month: string;
  readonly total: number;
  /** Sentences in English. */
  readonly sentences: readonly string[];
  /** Amounts that add up to the total: bills, then the free spending of each category, largest first. */
  readonly components: readonly { readonly name: string; readonly amount: number }[];
}

const money = (amount: number): string => Math.round(amount).toLocaleString('en-IN');
const LONGEST_LIST = 6;

const endings = new Map([
  ['one', 'st'],
  ['two', 'nd'],
  ['few', 'rd'],
]);
const ordinalRules = new Intl.PluralRules('en', { type: 'ordinal' });
const ordinal = (day: number): string => `${day}${endings.get(ordinalRules.select(day)) ?? 'th'}`;

function billSentences({ bills, monthly }: SpendingAnswer): string[] {
  const first = monthly[0]!;
  const due = bills.filter(({ next }) => next === first.month).sort((a, b) => b.amount - a.amount);
  if (due.length === 0) return ['No recurring bill is due.'];
  const named = due
    .slice(0, LONGEST_LIST)
    .map(({ category, payee, amount, day }) => `${payee ?? category} ${money(amount)} around the ${ordinal(day)}`);
  const more = due.length > LONGEST_LIST ? ` and ${due.length - LONGEST_LIST} more` : '';
  return [`${money(first.recurring)} of it is owed: ${named.join('; ')}${more}.`];
}

/** Change against last year, when the whole month is forecast. */
function comparison({ monthly }: SpendingAnswer): string[] {
  const { total, lastYear, from, days } = monthly[0]!;
  if (lastYear === null || lastYear <= 0) return [];
  if (days < daysInMonth(monthOfDay(parseIsoDate(from)!))) return [];
  const change = total.mean / lastYear - 1;
  const words = change >= 0 ? 'more' : 'less';
  return [
    `That is ${Math.abs(100 * change).toFixed(0)} % ${words} than the ${money(lastYear)} of the same month a year before.`,
  ];
}

function method({ coldStart, historyMonths, forecasters, seasonStrength }: SpendingAnswer): string {
  if (coldStart)
    return historyMonths === 0
      ? 'No whole month of this customer is known: other customers stand in.'
      : `Only ${historyMonths} whole ${historyMonths === 1 ? 'month is' : 'months are'} known, so customers who spend about as much stand in for the rest.`;
  const others = Object.entries(forecasters).filter(([, name]) => name !== 'pooled-season');
  const exceptions =
    others.length === 0 ? '' : `, except ${others.map(([series, name]) => `${series} (${name})`).join(', ')}`;
  return `The rest follows ${historyMonths} months of usual spending with the seasons of all customers at ${seasonStrength.toFixed(2)} times their strength${exceptions}.`;
}

function components({ monthly, bills }: SpendingAnswer): SpendingExplanation['components'] {
  const first = monthly[0]!;
  const owed = new Map<string, number>();
  const due = bills.filter(({ next }) => next === first.month);
  for (const { category, amount } of due) owed.set(category, (owed.get(category) ?? 0) + amount);
  const free = Object.entries(first.categories).map(([category, { mean }]) => ({
    name: category,
    amount: Math.max(0, mean - (owed.get(category) ?? 0)),
  }));
  const listed = due.map(({ category, payee, amount }) => ({ name: `bill: ${payee ?? category}`, amount }));
  const sorted = free.filter(({ amount }) => amount > 0.5).sort((a, b) => b.amount - a.amount);
  return [...listed.sort((a, b) => b.amount - a.amount), ...sorted];
}

/** Explains the first month of a forecast by its bills, the free spending of its categories and the method. */
export function explainAnswer(answer: SpendingAnswer): SpendingExplanation {
  const { month, total, days, from } = answer.monthly[0]!;
  const notes = answer.notes.map((note) => `${note.charAt(0).toUpperCase()}${note.slice(1)}.`);
  const since = from.endsWith('-01') ? '' : ` (the ${days} days from ${from})`;
  const headline = `${month}${since}: ${money(total.mean)}, between ${money(total.low80)} and ${money(total.high80)} in four months out of five.`;
  return {
    month,
    total: total.mean,
    sentences: [headline, ...comparison(answer), ...billSentences(answer), ...notes, method(answer)],
    components: components(answer),
  };
}
