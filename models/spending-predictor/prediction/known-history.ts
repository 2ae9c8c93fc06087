import { pipelineError } from '../../../contracts/errors.js';
import {
  type Clock,
  isoDate,
  localDay,
  parseIsoDate,
  readOnClock,
} from '../../../learning/time-series/calendar/index.js';
import { movementsOf, type SpendingState, untilOf } from '../data/spending-history.js';
import { internalCategories, UNKNOWN_CATEGORY } from '../data/vocabulary.js';
import { type History, historyOf, type Movement } from '../forecast/history.js';
import type { LearnedModel } from '../forecast/learned-model.js';
import type { SentTransaction, SpendingRequest } from './request.js';
import { requirePlausibleDays } from './sent-transactions.js';

/** What a request makes known of its customer. */
export interface KnownHistory {
  readonly history: History;
  /** First day to forecast. */
  readonly asOf: number;
  /** First day that is not known; null when nothing was sent. */
  readonly until: number | null;
  /** Whether a stored history was given. */
  readonly customerKnown: boolean;
  /** What a reader of the answer must know about what was left out or is not known. */
  readonly notes: readonly string[];
}

/** A sent transaction with its day on the customer's clock. */
interface DatedTransaction {
  readonly sent: SentTransaction;
  readonly day: number;
}

function dated(sent: SentTransaction, clock: Clock): DatedTransaction {
  const { moment, offsetHours } = readOnClock(clock, sent.bookedAt);
  return { sent, day: localDay(moment, offsetHours) };
}

/** A sent transaction as movement; null for moves between the customer's own accounts. */
function movementOf({ sent, day }: DatedTransaction): Movement | null {
  const { amount, category, merchant } = sent;
  const instalments = sent.instalments ?? null;
  const kind = category ?? UNKNOWN_CATEGORY;
  if (amount === 0 || (amount > 0 && instalments !== null) || internalCategories.has(kind)) return null;
  return { day, amount: -amount, category: kind, payee: merchant || null, instalments };
}

/** What a state keeps of a movement. */
const keyOf = ({ day, amount, category, payee, instalments }: Movement): string =>
  instalments === null ? JSON.stringify([day, amount, category, payee]) : `${day} ${amount} ${instalments}`;

/** Answers for each movement of a day whether it is one of those that were held, each of which it takes once. */
function takeHeld(held: readonly Movement[]): (movement: Movement) => boolean {
  const left = new Map<string, number>();
  for (const movement of held) left.set(keyOf(movement), (left.get(keyOf(movement)) ?? 0) + 1);
  return (movement) => {
    const count = left.get(keyOf(movement)) ?? 0;
    left.set(keyOf(movement), count - 1);
    return count > 0;
  };
}

/**
 * The transactions that the history does not hold: those of later days, and on its last day, which may have been going
 * on, those without their like. One of an earlier day would be counted twice.
 */
function laterThan(
  until: number,
  held: readonly Movement[],
  transactions: readonly DatedTransaction[],
): DatedTransaction[] {
  const isHeld = takeHeld(held.filter(({ day }) => day === until - 1));
  return transactions.filter((sent) => {
    if (sent.day !== until - 1) return sent.day >= until;
    const movement = movementOf(sent);
    return movement !== null && !isHeld(movement);
  });
}

/** The day after the newest known one. @param otherwise - when nothing is known. */
function dayAfterKnown(until: number, later: readonly DatedTransaction[], otherwise: number): number {
  const newest = later.reduce((latest, { day }) => Math.max(latest, day + 1), until);
  return newest === -Infinity ? otherwise : newest;
}

const ignoredNote = (ignored: number, sent: number, until: number): string[] =>
  ignored === 0
    ? []
    : [`${ignored} of ${sent} transactions are ignored: the history knows the days before ${isoDate(until)} already`];

function momentNotes(asOf: number, until: number, known: number): string[] {
  const lastDay = isoDate(until - 1);
  if (asOf < until)
    return [
      `as of ${isoDate(asOf)}, with a history known to ${lastDay}: later movements are left out, corrections since then are not undone`,
    ];
  return asOf === known
    ? []
    : [`history known to ${lastDay}: what happened from ${isoDate(until)} to ${isoDate(asOf - 1)} is forecast too`];
}

/**
 * A request for a customer that the store does not know must contain transactions, so that a misspelt id is not answered
 * with the forecast of an average customer. @throws PipelineError `CUSTOMER_NOT_FOUND`.
 */
function requireKnown({ history, transactions }: SpendingRequest): void {
  if ((history ?? null) === null && transactions === undefined)
    throw pipelineError('CUSTOMER_NOT_FOUND', { field: 'history' });
}

/** What a state holds, and the clock of what is sent beside it. */
interface Stored {
  /** First day that it does not know. */
  readonly stored: number;
  readonly held: readonly Movement[];
  readonly clock: Clock;
}

function storedOf(state: SpendingState | null, timeZone = 'UTC'): Stored {
  if (state === null) return { stored: -Infinity, held: [], clock: timeZone };
  return { stored: untilOf(state), held: movementsOf(state), clock: state.timeZone ?? 'UTC' };
}

/**
 * The customer's history before the first day to forecast, from the stored state and what was sent. Who sends
 * transactions, even none, says that nothing else happened before `asOf`; without them the history ends with the state.
 * @param model - `knownUntil`: first day to forecast when nothing is known; `timeZone`: of the customers, where no state
 *   tells.
 * @throws PipelineError `CUSTOMER_NOT_FOUND` without a history and transactions, `INVALID_INPUT` for a date far after all.
 */
export function knownHistory(
  request: SpendingRequest,
  { knownUntil, timeZone }: Pick<LearnedModel, 'knownUntil' | 'timeZone'>,
): KnownHistory {
  requireKnown(request);
  const { transactions } = request;
  const state = request.history ?? null;
  const { stored, held, clock } = storedOf(state, timeZone);
  const given = (transactions ?? []).map((sent) => dated(sent, clock));
  const days = { until: Math.max(stored, knownUntil), hasHistory: state !== null };
  const asked = request.asOf === undefined ? null : parseIsoDate(request.asOf)!;
  const sentDays = given.map(({ day }) => day);
  requirePlausibleDays(sentDays, { ...days, asOf: asked });
  const later = laterThan(stored, held, given);
  const newest = dayAfterKnown(stored, later, knownUntil);
  const asOf = asked ?? newest;
  const until = transactions === undefined ? Math.min(asOf, stored) : asOf;
  const sent = later.map(movementOf).filter((movement) => movement !== null);
  const movements = [...held, ...sent].filter(({ day }) => day < asOf);
  const count = transactions?.length ?? 0;
  return {
    history: historyOf(movements),
    asOf,
    until: state === null && count === 0 ? null : until,
    customerKnown: state !== null,
    notes:
      state === null ? [] : [...ignoredNote(count - later.length, count, stored), ...momentNotes(asOf, stored, until)],
  };
}
