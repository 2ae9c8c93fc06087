import type { IdentifierSpan } from '../value-parsers/index.js';

/** What a rule can recognise as personal data in a text. */
export const personalTypes = [
  'CARD',
  'AADHAAR',
  'PAN',
  'IFSC',
  'IBAN',
  'UPI_ID',
  'EMAIL',
  'ACCOUNT',
  'IP_ADDRESS',
  'PHONE',
  'NAME',
  'ADDRESS',
] as const satisfies readonly (IdentifierSpan['type'] | 'IP_ADDRESS' | 'PHONE' | 'NAME' | 'ADDRESS')[];
export type PersonalType = (typeof personalTypes)[number];

/** A part of a text; offsets in UTF-16 code units. */
export interface PersonalSpan {
  readonly type: PersonalType;
  readonly start: number;
  readonly end: number;
  /** Of an identifier: as in {@link IdentifierSpan}. */
  readonly value?: string;
}
