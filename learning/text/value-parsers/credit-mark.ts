/** Words of bank lines and alerts, in which "Cr" after an amount marks a credit and not ten million. */
const BANK_LINE =
  /\b(?:a\/c|ac no|acct?|avl|avbl|bal|balance|b\/f|c\/f|neft|imps|rtgs|upi|ach|ecs|nach|chq|clg|trf|txn|wdl|pos|atm|vpa|credited|debited|deposit|interest|int\.? ?pd|cashback|posted|refund|reversal|narration)\b/i;

const BALANCE = /\b(?:avl|avbl|bal|balance)\b/i;

const MARK = /^(.*?\d)\s*(\/[-=])?\s*[([]?\s*(cr|dr)\b\.?\s*[)\]]?$/is;
const LEADING = /^\(?(?:cr|dr)\b\)?[.:]?\s+(?=\S)/i;
/** The number before the mark: its grouping and decimals. */
const NUMBER = /([\d,]*\d)(?:\.(\d+))?\s*$/;

/** What "Cr" after a number means: a credit, ten million, or both readings are possible. */
type Reading = 'credit' | 'crore' | 'ambiguous';

/** With two decimals: banks print 2,000.00, and nobody writes two thousand crore in that way. */
function printedReading(size: number, decimals: string, isBankLine: boolean): Reading {
  if (size >= 1000 || isBankLine) return 'credit';
  return size < 100 && !decimals.endsWith('0') ? 'crore' : 'ambiguous';
}

function readingOf(text: string, isBankLine: boolean, isBalance: boolean): Reading {
  const [, whole = '', decimals = ''] = NUMBER.exec(text) ?? [];
  const size = Number(whole.replaceAll(',', ''));
  if (decimals.length === 2) return printedReading(size, decimals, isBankLine);
  // A balance of "250 Cr" is a printed credit without decimals, or crores.
  if (size < 1000) return decimals === '' && isBalance ? 'ambiguous' : 'crore';
  return isBankLine ? 'credit' : 'ambiguous';
}

/**
 * Removes the credit or debit mark of a bank line: "Rs 1,00,000.00 Cr", "2000.00Dr", "Cr 500". "Cr" without such a form is
 * crore and stays ("Rs 5 Cr").
 * @param context - the words around, which may show a bank's line.
 * @returns null where both readings are possible ("Rs 2.50 Cr", "5,000 Cr").
 */
export function withoutCreditMark(text: string, context: string): string | null {
  const plain = text.trim().replace(LEADING, '');
  const [, number, dash, mark] = MARK.exec(plain) ?? [];
  if (number === undefined) return plain;
  if (mark!.toLowerCase() === 'dr') return number;
  // "1,000/- Cr" is no number of crores.
  if (dash !== undefined) return number;
  const reading = readingOf(number, BANK_LINE.test(context) || plain !== text.trim(), BALANCE.test(context));
  return reading === 'ambiguous' ? null : reading === 'credit' ? number : plain;
}
