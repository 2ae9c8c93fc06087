export { readAmount, type Amount, type TextContext } from './amounts.js';
export { readDate, type DateContext, type DateRange } from './dates.js';
export {
  findAddressesAndAccounts,
  findIdentifiers,
  isAadhaar,
  isCard,
  isIban,
  isIfsc,
  isPan,
  passesLuhn,
  passesVerhoeff,
  type IdentifierSpan,
} from './identifiers.js';
export { readNumber } from './number-words.js';
export {
  isOneNumber,
  readAmountAt,
  readDateAt,
  type DateReading,
  type TextSpan,
  type ValueSpan,
} from './value-spans.js';
export { withoutOverlaps } from './without-overlaps.js';
