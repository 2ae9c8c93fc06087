import type { Channel, Gender, TransactionCategory } from '../backend/categories.js';
import type { BerkaRow } from './table-file.js';

/** A Czech transaction's codes in the backend's vocabulary. */
export interface DecodedTransaction {
  readonly channel: Channel;
  readonly category: TransactionCategory;
  readonly description: string;
}

/** k_symbol: the purpose, which overrides the operation where it is given. */
const purposes: Readonly<Record<string, Omit<DecodedTransaction, 'channel'> & { readonly channel?: Channel }>> = {
  UROK: { channel: 'interest', category: 'interest', description: 'INTEREST CREDITED' },
  'SANKC. UROK': { channel: 'fee', category: 'fees', description: 'PENALTY INTEREST' },
  SLUZBY: { channel: 'fee', category: 'fees', description: 'STATEMENT FEE' },
  SIPO: { category: 'household', description: 'HOUSEHOLD' },
  DUCHOD: { category: 'pension', description: 'PENSION' },
  POJISTNE: { category: 'insurance', description: 'INSURANCE' },
  UVER: { category: 'emi', description: 'LOAN PAYMENT' },
};

/** operation: how the money moved. Bank transfers get the channel `neft`, the backend's name for them. */
const operations: Readonly<Record<string, DecodedTransaction>> = {
  VKLAD: { channel: 'cash', category: 'income_other', description: 'CASH DEPOSIT' },
  VYBER: { channel: 'cash', category: 'cash', description: 'CASH WITHDRAWAL' },
  'VYBER KARTOU': { channel: 'card', category: 'cash', description: 'CARD WITHDRAWAL' },
  'PREVOD Z UCTU': { channel: 'neft', category: 'income_other', description: 'TRANSFER FROM' },
  'PREVOD NA UCET': { channel: 'neft', category: 'transfer', description: 'TRANSFER TO' },
  '': { channel: 'other', category: 'other', description: '' },
};

const listed = (codes: Readonly<Record<string, unknown>>): string =>
  `one of ${Object.keys(codes)
    .map((code) => code || '(empty)')
    .join(', ')}`;

/** Channel, category and English description of a row of trans.asc. */
export function decodeTransaction(row: BerkaRow): DecodedTransaction {
  const operation = operations[row.text('operation').trim()] ?? row.invalid('operation', listed(operations));
  const symbol = row.text('k_symbol').trim();
  const party = `${row.text('bank')} ${row.text('account')}`.trim();
  if (symbol === '') return { ...operation, description: `${operation.description} ${party}`.trim() };
  const purpose = purposes[symbol] ?? row.invalid('k_symbol', listed(purposes));
  return {
    channel: purpose.channel ?? operation.channel,
    category: purpose.category,
    description: [operation.description, party, purpose.description].filter((part) => part !== '').join(' '),
  };
}

/** +1 for PRIJEM (in), −1 for VYDAJ (out) and VYBER, an older code for a cash withdrawal. */
export function signOf(row: BerkaRow): 1 | -1 {
  const type = row.text('type');
  if (type === 'PRIJEM') return 1;
  return type === 'VYDAJ' || type === 'VYBER' ? -1 : row.invalid('type', 'PRIJEM, VYDAJ or VYBER');
}

/** Birth date and gender from a Czech birth number: YYMMDD, with 50 added to the month for women. */
export function decodeBirthNumber(row: BerkaRow): { readonly birthDate: number; readonly gender: Gender } {
  const [, year, month, day] = /^(\d{2})(\d{2})(\d{2})$/.exec(row.text('birth_number')) ?? [];
  const woman = Number(month) > 50;
  const birthDate = Date.UTC(1900 + Number(year), Number(month) - (woman ? 51 : 1), Number(day));
  if (Number.isNaN(birthDate)) row.invalid('birth_number', 'YYMMDD, with 50 added to the month for women');
  return { birthDate, gender: woman ? 'female' : 'male' };
}
