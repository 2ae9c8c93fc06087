/** One payment, one income, or the start of a loan. */
export interface Movement {
  readonly day: number;
  /** > 0 = payment, < 0 = money in: income or a refund. */
  readonly amount: number;
  readonly category: string;
  readonly payee: string | null;
  /** Number of monthly instalments of a loan; null for payments and income. */
  readonly instalments: number | null;
}

/** Payments come first, then income, then loans. */
const kindOf = ({ amount, instalments }: Movement): number => (instalments === null ? Number(amount < 0) : 2);

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Payments by stream and day, income likewise, then loans by day: equal movements have one order, however they were read. */
export function compareMovements(a: Movement, b: Movement): number {
  const kind = kindOf(a);
  const byKind = kind - kindOf(b);
  if (byKind !== 0) return byKind;
  const byStream = kind < 2 ? compareText(a.category, b.category) || compareText(a.payee ?? '', b.payee ?? '') : 0;
  return byStream || a.day - b.day || a.amount - b.amount || (a.instalments ?? 0) - (b.instalments ?? 0);
}
