import type { Random } from '../../../../learning/numeric/random/index.js';
import { DAY_MS } from './calendar.js';
import type { Customer } from './customer.js';
import { between, chance } from './draws.js';
import type { ChatMessageRow, PredictionFeedbackRow, TransactionRow } from './rows.js';
import type { Booked } from './statement-lines.js';

type Feedback = Omit<PredictionFeedbackRow, 'id' | 'user_id'>;

/** Feedback that would come after the history's end is not known yet. */
function give(customer: Customer, feedback: Feedback): void {
  const { prediction_feedback: rows } = customer.rows;
  if (feedback.created_at >= customer.end) return;
  const id = `${customer.profile.id}-f${String(rows.length + 1).padStart(4, '0')}`;
  rows.push({ id, user_id: customer.profile.id, ...feedback });
}

const daysAfter = (random: Random, at: number, [from, to]: readonly [number, number]): number =>
  at + Math.floor(between(random, from, to) * DAY_MS);

function onAlert(random: Random, customer: Customer, row: TransactionRow, fraud: boolean): void {
  give(customer, {
    model: 'anomaly-detector',
    entity_kind: 'transaction',
    entity_id: row.id,
    predicted: 'anomalous',
    verdict: fraud ? 'confirmed' : 'dismissed',
    label: null,
    created_at: daysAfter(random, row.booked_at, fraud ? [2, 30] : [1, 10]),
  });
}

/** What an alert system of yesterday would have shown an analyst: unusually large for the customer. */
const looksUnusual = (customer: Customer, row: TransactionRow): boolean =>
  row.merchant !== null && -row.amount > 0.08 * customer.life.income;

/** Analysts' verdicts on alerts: most frauds confirmed, some honest oddities dismissed; weeks late. */
export function reviewAlerts(random: Random, customer: Customer, booked: readonly Booked[]): void {
  for (const { row, posting } of booked) {
    if (posting.fraud) {
      if (chance(random, 0.55)) onAlert(random, customer, row, true);
    } else if (looksUnusual(customer, row) && chance(random, 0.08)) onAlert(random, customer, row, false);
  }
}

/** Customers who say that they were misunderstood, with what they meant. */
export function correctIntent(random: Random, customer: Customer, row: ChatMessageRow, intent: string): void {
  if (!chance(random, 0.03)) return;
  give(customer, {
    model: 'intent-classifier',
    entity_kind: 'chat_message',
    entity_id: row.id,
    predicted: 'check_balance',
    verdict: intent === 'check_balance' ? 'confirmed' : 'corrected',
    label: intent,
    created_at: daysAfter(random, row.sent_at, [0, 2]),
  });
}
