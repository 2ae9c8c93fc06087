/**
 * Bank codes (first four letters of the IFSC) of India's larger banks, from the Reserve Bank of India's list. Statements
 * print them beside the payee's name; a payee may have accounts at several banks.
 */
const bankCodes: ReadonlySet<string> = new Set(
  (
    'AIRP AUBL BARB BDBL BKID CBIN CITI CIUB CNRB CSBK DBSS DCBL DEUT DLXB ESFB FDRL FINO HDFC HSBC ICIC IDFB IDIB ' +
    'INDB IOBA JAKA JIOP KARB KKBK KVBL MAHB PSIB PUNB PYTM RATN SBIN SCBL SIBL TMBL UBIN UCBA UJVN UTIB YESB'
  ).split(' '),
);

/** Words for the payment channel. */
const channelWords: ReadonlySet<string> = new Set(
  'ACH BIL BILLPAY CR DR ECS IMPS MMT NACH NEFT PAYM RTGS TO TRANSFER TRF UPI'.split(' '),
);

/** Words without digits: words with digits are reference numbers. */
const wordsOf = (field: string): string[] =>
  field.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word.length > 1 && !/\p{N}/u.test(word));

/** A UPI address without its provider, which may differ between payments to one payee. */
const withoutProvider = (field: string): string => field.replace(/@[\p{L}\p{N}.]+/gu, '');

const isBank = (field: string): boolean => bankCodes.has(field.trim().toUpperCase());

/**
 * The payee of a statement line without a merchant: its words without reference numbers, channel and bank, so that
 * payments to several accounts of a payee form one stream. At most 60 characters; all words of the line when no other
 * word is left.
 */
export function payeeOf(description: string): string {
  const fields = description.split(/[/\-|*]+/u).filter((field) => !isBank(field));
  const words = fields.flatMap((field) => wordsOf(withoutProvider(field)));
  const named = words.filter((word) => !channelWords.has(word.toUpperCase()));
  const kept = named.length > 0 ? named : wordsOf(description);
  return kept.join(' ').slice(0, 60);
}
