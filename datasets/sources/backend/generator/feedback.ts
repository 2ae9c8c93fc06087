import type { Random } from '../../../../learning/numeric/random/index.js';
import { DAY_MS } from './calendar.js';
import type { Customer } from './customer.js';
import { between, chance } from './draws.js';
import type { ChatMessageRow, PredictionFeedbackRow, TransactionRow } from './rows.js';
import type { Booked } from './statement-lines.js';

type Feedback = Omit<PredictionFeedbackRow, 'id' | 'user_id'>;

/** Adds a feedback row unless it is dated at or after the end of the history. */
function addFeedback(customer: Customer, feedback: Feedback): void {
  const { prediction_feedback: rows } = customer.rows;
  if (feedback.created_at >= customer.end) return;
  const id = `${customer.profile.id}-f${String(rows.length + 1).padStart(4, '0')}`;
  rows.push({ id, user_id: customer.profile.id, ...feedback });
}

const daysAfter = (random: Random, at: number, [from, to]: readonly [number, number]): number =>
  at + Math.floor(between(random, from, to) * DAY_MS);

function reviewAlert(random: Random, customer: Customer, row: TransactionRow, fraud: boolean): void {
  addFeedback(customer, {
    model: 'anomaly-detector',
    entity_kind: 'transaction',
    entity_id: row.id,
    predicted: 'anomalous',
    verdict: fraud ? 'confirmed' : 'dismissed',
    label: null,
    created_at: daysAfter(random, row.booked_at, fraud ? [2, 30] : [1, 10]),
  });
}

/** The rule of a simple alert system: a purchase that is large for the customer's income. */
const looksUnusual = (customer: Customer, row: TransactionRow): boolean =>
  row.merchant !== null && -row.amount > 0.08 * customer.life.income;

/** Adds analysts' verdicts on alerts, days to weeks late: some fraud confirmed, some legitimate purchases dismissed. */
export function reviewAlerts(random: Random, customer: Customer, booked: readonly Booked[]): void {
  for (const { row, posting } of booked) {
    if (posting.fraud) {
      if (chance(random, 0.55)) reviewAlert(random, customer, row, true);
    } else if (looksUnusual(customer, row) && chance(random, 0.08)) reviewAlert(random, customer, row, false);
  }
}

/** With probability 0.03, adds a customer's correction of the predicted intent. */
export function correctIntent(random: Random, customer: Customer, row: ChatMessageRow, intent: string): void {
  if (!chance(random, 0.03)) return;
  addFeedback(customer, {
    model: 'intent-classifier',
    entity_kind: 'chat_message',
    entity_id: row.id,
    predicted: 'check_balance',
    verdict: intent === 'check_balance' ? 'confirmed' : 'corrected',
    label: intent,
    created_at: daysAfter(random, row.sent_at, [0, 2]),
  });
}
