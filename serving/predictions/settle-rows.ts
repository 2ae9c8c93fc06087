/**
 * Asks about all rows at once, or, where that fails, about one after the other: a row that is refused spoils no other.
 * @param ask - one answer a row, in the same order.
 * @returns (n,) in the order of the rows.
 */
export async function settleRows<Row, Answer>(
  rows: readonly Row[],
  ask: (rows: readonly Row[]) => Promise<readonly Answer[]>,
): Promise<readonly PromiseSettledResult<Answer>[]> {
  try {
    return (await ask(rows)).map((value) => ({ status: 'fulfilled', value }));
  } catch (reason) {
    if (rows.length === 1) return [{ status: 'rejected', reason }];
  }
  const settled: PromiseSettledResult<Answer>[] = [];
  for (const row of rows) settled.push(...(await settleRows([row], ask)));
  return settled;
}
