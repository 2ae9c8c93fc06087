import type { Random } from '../../../../../learning/numeric/random/index.js';
import { annotate } from '../annotate.js';
import { DAY_MS, type Month } from '../calendar.js';
import type { Customer } from '../customer.js';
import { difficulty } from '../difficulty.js';
import { between, chance, poisson } from '../draws.js';
import { familyName } from '../families.js';
import { correctIntent } from '../feedback.js';
import type { ChatMessageRow } from '../rows.js';
import { composeMessage, labelOf, type Message } from './compose.js';

/** Time at which a message is labelled; null for never or after the end of the history. */
function labelledAt(random: Random, sentAt: number, end: number): number | null {
  if (!chance(random, difficulty.text.labelledShare)) return null;
  const at = sentAt + Math.floor(between(random, 0.5, 25) * DAY_MS);
  return at < end ? at : null;
}

function messageRow(random: Random, customer: Customer, message: Message, sentAt: number): ChatMessageRow {
  const { profile, rows } = customer;
  const labelled = labelledAt(random, sentAt, customer.end);
  return {
    id: `${profile.id}-m${String(rows.chat_messages.length + 1).padStart(4, '0')}`,
    user_id: profile.id,
    sent_at: sentAt,
    text: message.text,
    locale: message.locale,
    intent: labelled === null ? null : labelOf(random, message.intent),
    intent_labelled_at: labelled,
    text_group: familyName(message.family),
  };
}

function send(random: Random, customer: Customer, sentAt: number): void {
  // A stream of its own: a new wording changes neither the times of messages nor the rows of other tables.
  const message = composeMessage(random.fork(`message-${customer.rows.chat_messages.length}`));
  const row = messageRow(random, customer, message, sentAt);
  customer.rows.chat_messages.push(row);
  customer.truth.intents.set(row.id, message.intent);
  customer.truth.spans.set(row.id, message.spans);
  correctIntent(random, customer, row, message.intent);
  if (row.intent_labelled_at === null) return;
  const source = { message_id: row.id, transaction_id: null, text_group: row.text_group };
  annotate(random, customer, { ...source, text: row.text, spans: message.spans, at: row.intent_labelled_at + 60_000 });
}

/** Adds the messages of a month, with labels and entity annotations. Labelled messages are fully annotated. */
export function writeMessages(random: Random, customer: Customer, month: Month): void {
  const count = poisson(random, difficulty.text.messages);
  const times = Array.from({ length: count }, () => Math.floor(between(random, month.start, month.end)));
  for (const at of times.toSorted((a, b) => a - b)) send(random, customer, at);
}
