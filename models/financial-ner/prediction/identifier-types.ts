import type { IdentifierSpan } from '../../../learning/text/value-parsers/index.js';

/** Names under which annotations know an identifier. */
const spellings: Readonly<Record<IdentifierSpan['type'], RegExp>> = {
  PAN: /^PAN(?:_?(?:NO|NUMBER|CARD))?$/i,
  IFSC: /^IFSC(?:_?CODE)?$/i,
  AADHAAR: /^AADHAA?R(?:_?(?:NO|NUMBER))?$/i,
  CARD: /^(?:(?:CREDIT|DEBIT|PAYMENT)_?)?CARD(?:_?(?:NO|NUMBER))?$/i,
  IBAN: /^IBAN(?:_?CODE)?$/i,
  UPI_ID: /^(?:UPI|VPA)(?:_?(?:ID|HANDLE|ADDRESS))?$/i,
  EMAIL: /^E_?MAIL(?:_?ADDRESS)?$/i,
  ACCOUNT: /^(?:BANK_?)?ACC(?:OUN)?T(?:_?(?:NO|NUMBER))?$/i,
};

/** Types that rules find, whatever the model has learned. */
export const identifierTypes: readonly string[] = Object.keys(spellings);

/** The model's type for a kind of identifier; undefined where it has learned none. */
export const learnedType = (type: IdentifierSpan['type'], types: readonly string[]): string | undefined =>
  types.includes(type) ? type : types.find((own) => spellings[type].test(own));
