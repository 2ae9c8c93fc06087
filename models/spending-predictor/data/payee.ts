/**
 * First letters of the branch codes (IFSC) of India's larger banks, as statements print them beside a name: where the
 * payee has an account, not who he is. From the Reserve Bank of India's list of IFSC codes.
 */
const bankCodes: ReadonlySet<string> = new Set(
  (
    'AIRP AUBL BARB BDBL BKID CBIN CITI CIUB CNRB CSBK DBSS DCBL DEUT DLXB ESFB FDRL FINO HDFC HSBC ICIC IDFB IDIB ' +
    'INDB IOBA JAKA JIOP KARB KKBK KVBL MAHB PSIB PUNB PYTM RATN SBIN SCBL SIBL TMBL UBIN UCBA UJVN UTIB YESB'
  ).split(' '),
);

/** How money was moved, not to whom. */
const channelWords: ReadonlySet<string> = new Set(
  'ACH BIL BILLPAY CR DR ECS IMPS MMT NACH NEFT PAYM RTGS TO TRANSFER TRF UPI'.split(' '),
);

/** Words of letters; a reference number says nothing of the payee. */
const wordsOf = (field: string): string[] =>
  field.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word.length > 1 && !/\p{N}/u.test(word));

/** A UPI address names person and provider: the provider may change from payment to payment. */
const withoutProvider = (field: string): string => field.replace(/@[\p{L}\p{N}.]+/gu, '');

const isBank = (field: string): boolean => bankCodes.has(field.trim().toUpperCase());

/**
 * Who was paid, from a statement line without a merchant: its words without reference numbers, channel and bank, so that
 * the same landlord is one payee whichever of his accounts the rent goes to. At most 60 characters; the line's words
 * when nothing else is left.
 */
export function payeeOf(description: string): string {
  const fields = description.split(/[/\-|*]+/u).filter((field) => !isBank(field));
  const words = fields.flatMap((field) => wordsOf(withoutProvider(field)));
  const named = words.filter((word) => !channelWords.has(word.toUpperCase()));
  const kept = named.length > 0 ? named : wordsOf(description);
  return kept.join(' ').slice(0, 60);
}
