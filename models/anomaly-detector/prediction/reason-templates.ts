/** Facts that a phrase may use. */
export interface Facts {
  /** NaN = unknown. */
  value(feature: string): number;
  readonly category: string | null;
  /** True when the counterparty is named; otherwise "first time at this merchant" cannot be said. */
  readonly placed: boolean;
}

type Phrase = (value: number, facts: Facts) => string | null;

/** Smallest ratio, or inverse ratio, that is mentioned. */
const WORTH_SAYING = 1.5;

const times = (ratio: number): string => `${ratio >= 10 ? Math.round(ratio) : Math.round(ratio * 10) / 10}×`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const ordinals = ['first', 'second', 'third'] as const;
const ordinal = (n: number): string => ordinals[n - 1] ?? `${n}th`;
const when = (condition: boolean, text: string): string | null => (condition ? text : null);

const clock = (hour: number): string => {
  // A minute has float's last digit against it: 3.2 hours are 3:12.
  const minutes = Math.round(hour * 60) % (24 * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
};

const small = (ratio: number, usual: string): string | null =>
  when(ratio > 0 && ratio < 1 / WORTH_SAYING, `amount only ${percent(ratio)} of ${usual}`);
const against = (ratio: number, usual: string): string | null =>
  ratio >= WORTH_SAYING ? `amount ${times(ratio)} ${usual}` : small(ratio, usual);

const clockPhrase: Phrase = (_value, facts) => when(facts.value('hour') >= 0, clock(facts.value('hour')));
const nightPhrase: Phrase = (night, facts) => (night === 1 ? (clockPhrase(night, facts) ?? 'in the night') : null);

function risk(days: string): Phrase {
  return (share) => when(share > 0, `${percent(share)} of this merchant's payments of ${days} turned out to be misuse`);
}

const inLast =
  (span: string): Phrase =>
  (count) =>
    when(count >= 2, `${ordinal(count + 1)} payment within ${span}`);

/** One way to say each feature; null when its value is nothing to say. */
const phrases: Readonly<Record<string, Phrase>> = {
  amount: (value) => `amount ${value.toLocaleString('en-US', { maximumFractionDigits: 2 })}`,
  amountToCategoryMean90Days: (ratio, { category }) =>
    against(ratio, `this customer's usual for ${category?.replaceAll('_', ' ') ?? 'this category'}`),
  amountToMean30Days: (ratio) => against(ratio, "this customer's mean of 30 days"),
  amountToMaximum90Days: (ratio) => when(ratio > 1, `${times(ratio)} the largest of this customer in 90 days`),
  newCounterparty: (flag, { placed }) => when(placed && flag === 1, 'first time at this merchant'),
  counterpartyVisits90Days: (visits, { placed }) => when(placed && visits === 0, 'first time at this merchant'),
  night: nightPhrase,
  hour: clockPhrase,
  hourShare90Days: (share, facts) =>
    when(share < 0.05, `${clock(facts.value('hour'))}, when this customer hardly pays`),
  count1Hour: inLast('the hour'),
  count1Day: (count) => when(count >= 5, `${ordinal(count + 1)} payment within a day`),
  repeats1Day: (repeats) => when(repeats >= 1, 'same amount at the same merchant within a day'),
  counterpartyRisk1Day: risk('one day a week ago'),
  counterpartyRisk7Days: risk('the week before last'),
  counterpartyRisk30Days: risk('the month before last week'),
};

/** Features that speak of one thing: one phrase for all of them. */
const subjects: Readonly<Record<string, string>> = {
  night: 'clock',
  hour: 'clock',
  hourShare90Days: 'clock',
  newCounterparty: 'place',
  counterpartyVisits90Days: 'place',
};

/** What a feature is about; features of one subject say the same thing in different words. */
export const subjectOf = (feature: string): string => subjects[feature] ?? feature;

/** A feature's value as a person would say it, or null when there is nothing to say. */
export function phraseOf(feature: string, facts: Facts): string | null {
  const value = facts.value(feature);
  if (Number.isNaN(value)) return null;
  return phrases[feature]?.(value, facts) ?? null;
}
