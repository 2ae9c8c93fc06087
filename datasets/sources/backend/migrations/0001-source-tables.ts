import { type Kysely, type Migration, sql } from 'kysely';

/*
 * The tables of a personal-finance backend, deliberately without foreign keys and check constraints: a source may be an
 * import with invalid rows, which the pipeline's validation must find. Ids are compared bytewise (COLLATE "C"), so that
 * key order is the primary key's order on every server.
 */
const statements = [
  `create table backend.users (
    source text not null, id text collate "C" not null, created_at timestamptz not null, birth_date date, gender text,
    city text, employment text, currency text not null, primary key (source, id))`,
  `create table backend.accounts (
    source text not null, id text collate "C" not null, user_id text collate "C" not null, kind text not null,
    currency text not null, credit_limit numeric(14,2), opened_at timestamptz not null, primary key (source, id))`,
  `create table backend.transactions (
    source text not null, id text collate "C" not null, account_id text collate "C" not null,
    user_id text collate "C" not null, booked_at timestamptz not null, amount numeric(14,2) not null,
    currency text not null, channel text not null, merchant text, description text not null, category text not null,
    balance_after numeric(14,2), disputed_at timestamptz, primary key (source, id))`,
  `create table backend.loans (
    source text not null, id text collate "C" not null, user_id text collate "C" not null,
    application_id text collate "C", kind text not null, principal numeric(14,2) not null, annual_rate numeric(7,5),
    term_months integer not null, emi numeric(14,2) not null, disbursed_at timestamptz not null, collateral_kind text,
    collateral_value numeric(14,2), closed_at timestamptz, defaulted_at timestamptz, primary key (source, id))`,
  `create table backend.loan_payments (
    source text not null, id text collate "C" not null, loan_id text collate "C" not null,
    user_id text collate "C" not null, due_at timestamptz not null, amount_due numeric(14,2) not null,
    paid_at timestamptz, amount_paid numeric(14,2), primary key (source, id))`,
  `create table backend.credit_applications (
    source text not null, id text collate "C" not null, user_id text collate "C" not null,
    applied_at timestamptz not null, kind text not null, requested_amount numeric(14,2) not null,
    term_months integer not null, declared_monthly_income numeric(14,2), employment text, collateral_kind text,
    collateral_value numeric(14,2), decision text not null, decided_at timestamptz, loan_id text collate "C",
    outcome text, outcome_at timestamptz, primary key (source, id))`,
  `create table backend.chat_messages (
    source text not null, id text collate "C" not null, user_id text collate "C" not null,
    sent_at timestamptz not null, text text not null, locale text not null, intent text,
    intent_labelled_at timestamptz, text_group text, primary key (source, id))`,
  `create table backend.entity_annotations (
    source text not null, id text collate "C" not null, message_id text collate "C", transaction_id text collate "C",
    start_offset integer not null, end_offset integer not null, entity_type text not null, text text not null,
    text_group text, annotated_at timestamptz not null, primary key (source, id))`,
  `create table backend.prediction_feedback (
    source text not null, id text collate "C" not null, user_id text collate "C", model text not null,
    entity_kind text not null, entity_id text not null, predicted text, verdict text not null, label text,
    created_at timestamptz not null, primary key (source, id))`,
];

/** Creates the nine tables. Extraction reads in the order of the primary key (source, id). */
export const sourceTables: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};
