import type { BackendTable } from '../../../contracts/backend.js';
import { type TableExpectation, tableExpectation, type WrittenExpectation } from '../../../contracts/expectations.js';
import { DEFAULT_LINE, lineOfSource } from '../../../contracts/ids.js';

/* What is expected of the backend's tables beside their specs (tables.ts). Most only warn: a source that was good enough
   yesterday is not refused because a rule was added. */

const warn = { severity: 'warn' } as const;
/** A moment that cannot lie before another one of its row. */
const notBefore = (column: string, other: string): WrittenExpectation => ({
  ...{ rule: 'compare', column, operator: '>=', to: { column: other }, ...warn },
});
const isoCurrency: WrittenExpectation = { rule: 'regex', column: 'currency', pattern: '[A-Z]{3}', ...warn };
/** The number of rows stays within half and one and a half times the median of the last runs. */
const steady: WrittenExpectation = { rule: 'row-count', tolerance: 0.5, ...warn };

/** Days without a transaction after which a living backend is said to be stale. */
const STALE_DAYS = 14;

const ofEverySource: Readonly<Partial<Record<BackendTable, readonly WrittenExpectation[]>>> = {
  users: [notBefore('created_at', 'birth_date'), isoCurrency, steady],
  accounts: [isoCurrency, steady],
  transactions: [notBefore('disputed_at', 'booked_at'), isoCurrency, steady],
  loans: [notBefore('closed_at', 'disbursed_at'), notBefore('defaulted_at', 'disbursed_at')],
  credit_applications: [notBefore('decided_at', 'applied_at'), notBefore('outcome_at', 'applied_at')],
  chat_messages: [notBefore('intent_labelled_at', 'sent_at')],
  entity_annotations: [
    {
      ...{ rule: 'compare', name: 'span', column: 'end_offset', operator: '>', to: { column: 'start_offset' } },
      severity: 'fail', // an empty span names nothing
    },
  ],
};

const ofOwnBackend: typeof ofEverySource = {
  transactions: [{ rule: 'freshness', column: 'booked_at', maxAgeDays: STALE_DAYS, ...warn }],
};

/** The built-in expectations of a source's table; freshness is asked of the user's own backend alone. */
export function builtInExpectations(source: string, table: BackendTable): readonly TableExpectation[] {
  const own = lineOfSource(source) === DEFAULT_LINE ? (ofOwnBackend[table] ?? []) : [];
  return [...(ofEverySource[table] ?? []), ...own].map((rule) => tableExpectation.parse(rule));
}
