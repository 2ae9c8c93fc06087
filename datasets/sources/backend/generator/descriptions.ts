import type { Random } from '../../../../learning/numeric/random/index.js';
import type { Channel } from '../categories.js';
import { digits, pick } from './draws.js';
import { banks } from './places.js';
import type { Profile } from './profile.js';

/** An entity in a statement line. */
export interface Mark {
  readonly type: 'MERCHANT' | 'PERSON' | 'ORG' | 'UPI_ID' | 'ACCOUNT' | 'DATE';
  readonly surface: string;
}

/** A statement line with its entities. */
export interface StatementLine {
  readonly text: string;
  /** In any order; the first occurrence of each surface form in the text is the entity. */
  readonly marks: readonly Mark[];
}

/** The other party of a payment. */
export interface Party {
  readonly type: 'MERCHANT' | 'PERSON' | 'ORG';
  readonly name: string;
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const twoDigits = (value: number): string => String(value).padStart(2, '0');

function statementDate(moment: number): string {
  const date = new Date(moment);
  return `${twoDigits(date.getUTCDate())}${monthNames[date.getUTCMonth()]!}${twoDigits(date.getUTCFullYear() % 100)}`;
}

/** A name as banks print it: upper case, at most 22 characters. */
const printed = (name: string): string => name.toUpperCase().slice(0, 22).trimEnd();
const address = (name: string, handle: string): string => `${name.toLowerCase().replace(/[^a-z]/g, '')}@${handle}`;

function upiLine(random: Random, profile: Profile, party: Party, direction: 'DR' | 'CR'): StatementLine {
  const name = printed(party.name);
  const other = pick(random, banks);
  const upiId = address(party.name, other.handle);
  const reference = digits(random, 12);
  const marks: Mark[] = [
    { type: party.type, surface: name },
    { type: 'UPI_ID', surface: upiId },
  ];
  if (profile.bank.code === 'HDFC')
    return { text: `UPI-${name}-${upiId}-${other.code}0${digits(random, 6)}-${reference}-UPI`, marks };
  if (profile.bank.code === 'SBIN')
    return { text: `TO TRANSFER-UPI/${direction}/${reference}/${name}/${other.code}/${upiId}/Paym`, marks };
  return { text: `UPI/${direction}/${reference}/${name}/${other.code}/${upiId}`, marks };
}

function cardLine(random: Random, profile: Profile, party: Party, at: number): StatementLine {
  const name = printed(party.name);
  const card = `4016XXXXXXXX${profile.cardDigits}`;
  const marks: Mark[] = [{ type: party.type, surface: name }];
  if (random.uniform() < 0.5) {
    return {
      text: `POS ${card} ${name} ${profile.city.toUpperCase()}`,
      marks: [...marks, { type: 'ACCOUNT', surface: card }],
    };
  }
  const date = statementDate(at);
  return {
    text: `ECOM PUR/${name}/${profile.city.toUpperCase()}/${date}`,
    marks: [...marks, { type: 'DATE', surface: date }],
  };
}

function transferLine(random: Random, party: Party, at: number, channel: 'neft' | 'imps'): StatementLine {
  const name = printed(party.name);
  const bank = pick(random, banks);
  const marks: Mark[] = [{ type: party.type, surface: name }];
  if (channel === 'imps') return { text: `IMPS/P2A/${digits(random, 12)}/${name}/${bank.code}/TRF`, marks };
  const date = statementDate(at);
  return {
    text: `NEFT-${bank.code}N${digits(random, 9)}-${name}-${date}`,
    marks: [...marks, { type: 'DATE', surface: date }],
  };
}

function mandateLine(random: Random, party: Party): StatementLine {
  const name = printed(party.name);
  return { text: `ACH D- ${name}-${digits(random, 10)}`, marks: [{ type: party.type, surface: name }] };
}

/** The statement line of a payment, in the style of the customer's bank and the channel. */
export function describePayment(
  random: Random,
  profile: Profile,
  payment: { readonly channel: Channel; readonly party: Party; readonly at: number; readonly incoming?: boolean },
): StatementLine {
  const { channel, party, at } = payment;
  if (channel === 'upi') return upiLine(random, profile, party, payment.incoming === true ? 'CR' : 'DR');
  if (channel === 'card') return cardLine(random, profile, party, at);
  if (channel === 'neft' || channel === 'imps') return transferLine(random, party, at, channel);
  return mandateLine(random, party);
}

/** A line without another party, such as cash, charges and interest. */
export const plainLine = (text: string): StatementLine => ({ text, marks: [] });
