import type { Random } from '../../../../learning/numeric/random/index.js';
import { annotate } from './annotate.js';
import { DAY_MS } from './calendar.js';
import type { Customer, TrueSpan } from './customer.js';
import type { Mark } from './descriptions.js';
import { difficulty } from './difficulty.js';
import { between, poisson } from './draws.js';
import { familyName } from './families.js';
import type { Posting } from './posting.js';
import type { TransactionRow } from './rows.js';

/** A booked row and its posting. */
export interface Booked {
  readonly row: TransactionRow;
  readonly posting: Posting;
}

function spanOf(text: string, mark: Mark): TrueSpan {
  const start = text.indexOf(mark.surface);
  return { type: mark.type, start, end: start + mark.surface.length };
}

function annotateLine(random: Random, customer: Customer, { row, posting }: Booked): void {
  const found = posting.marks.map((mark) => spanOf(row.description, mark));
  const spans = found.filter((span) => span.start >= 0).toSorted((a, b) => a.start - b.start);
  customer.truth.spans.set(row.id, spans);
  const group = posting.family === null ? null : familyName(posting.family);
  const source = { message_id: null, transaction_id: row.id, text_group: group };
  const at = row.booked_at + Math.floor(between(random, 1, 20) * DAY_MS);
  annotate(random, customer, { ...source, text: row.description, spans, at });
}

/** Annotates a random few of the month's lines that contain entities. */
export function annotateLines(random: Random, customer: Customer, booked: readonly Booked[]): void {
  const candidates = booked.filter(({ posting }) => posting.family !== null && posting.marks.length > 0);
  const wanted = Math.min(candidates.length, poisson(random, difficulty.text.annotatedLines));
  const chosen = [...random.permutation(candidates.length).subarray(0, wanted)].sort((a, b) => a - b);
  for (const index of chosen) annotateLine(random, customer, candidates[index]!);
}
