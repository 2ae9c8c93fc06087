export { readAmount, type Amount } from './amounts.js';
export { readDate, type DateRange } from './dates.js';
export {
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
