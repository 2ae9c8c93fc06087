import type { Channel, Gender, TransactionCategory } from '../backend/categories.js';
import type { BerkaRow } from './table-file.js';

/** What a Czech transaction code means in the backend's words. */
export interface Meaning {
  readonly channel: Channel;
  readonly category: TransactionCategory;
  readonly words: string;
}

/** k_symbol: the purpose, stronger than the operation where it is given. */
const purposes: Readonly<Record<string, Omit<Meaning, 'channel'> & { readonly channel?: Channel }>> = {
  UROK: { channel: 'interest', category: 'interest', words: 'INTEREST CREDITED' },
  'SANKC. UROK': { channel: 'fee', category: 'fees', words: 'PENALTY INTEREST' },
  SLUZBY: { channel: 'fee', category: 'fees', words: 'STATEMENT FEE' },
  SIPO: { category: 'household', words: 'HOUSEHOLD' },
  DUCHOD: { category: 'pension', words: 'PENSION' },
  POJISTNE: { category: 'insurance', words: 'INSURANCE' },
  UVER: { category: 'emi', words: 'LOAN PAYMENT' },
};

/** operation: how the money moved. Bank transfers are held under `neft`, the backend's name for them. */
const operations: Readonly<Record<string, Meaning>> = {
  VKLAD: { channel: 'cash', category: 'income_other', words: 'CASH DEPOSIT' },
  VYBER: { channel: 'cash', category: 'cash', words: 'CASH WITHDRAWAL' },
  'VYBER KARTOU': { channel: 'card', category: 'cash', words: 'CARD WITHDRAWAL' },
  'PREVOD Z UCTU': { channel: 'neft', category: 'income_other', words: 'TRANSFER FROM' },
  'PREVOD NA UCET': { channel: 'neft', category: 'transfer', words: 'TRANSFER TO' },
  '': { channel: 'other', category: 'other', words: '' },
};

const listed = (codes: Readonly<Record<string, unknown>>): string =>
  `one of ${Object.keys(codes)
    .map((code) => code || '(empty)')
    .join(', ')}`;

/** Channel, category and English description of a row of trans.asc. */
export function meaningOf(row: BerkaRow): Meaning {
  const operation = operations[row.text('operation').trim()] ?? row.refuse('operation', listed(operations));
  const symbol = row.text('k_symbol').trim();
  const party = `${row.text('bank')} ${row.text('account')}`.trim();
  if (symbol === '') return { ...operation, words: `${operation.words} ${party}`.trim() };
  const purpose = purposes[symbol] ?? row.refuse('k_symbol', listed(purposes));
  return {
    channel: purpose.channel ?? operation.channel,
    category: purpose.category,
    words: [operation.words, party, purpose.words].filter((part) => part !== '').join(' '),
  };
}

/** +1 for PRIJEM (in), −1 for VYDAJ (out) and VYBER, an older way to write a cash withdrawal. */
export function signOf(row: BerkaRow): 1 | -1 {
  const type = row.text('type');
  if (type === 'PRIJEM') return 1;
  return type === 'VYDAJ' || type === 'VYBER' ? -1 : row.refuse('type', 'PRIJEM, VYDAJ or VYBER');
}

/** A Czech birth number: YYMMDD, where 50 is added to the month of a woman. */
export function personOf(row: BerkaRow): { readonly birthDate: number; readonly gender: Gender } {
  const [, year, month, day] = /^(\d{2})(\d{2})(\d{2})$/.exec(row.text('birth_number')) ?? [];
  const woman = Number(month) > 50;
  const birthDate = Date.UTC(1900 + Number(year), Number(month) - (woman ? 51 : 1), Number(day));
  if (Number.isNaN(birthDate)) row.refuse('birth_number', 'YYMMDD, 50 added to the month of a woman');
  return { birthDate, gender: woman ? 'female' : 'male' };
}
