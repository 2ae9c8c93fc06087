import { numbersOf, textsOf } from '../columns.js';
import { ratio } from '../arithmetic.js';
import { before, indexEvents, lastMonths, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';
import { bookingColumns, type TransactionIndex, transactionsOf } from '../transactions.js';

const SALARY_MONTHS = 6;

interface SalaryAndFees {
  readonly salaryMonths: Set<number>;
  penaltyFees: number;
}

function salaryAndFees(index: TransactionIndex, userId: string, asOf: number): SalaryAndFees {
  const found: SalaryAndFees = { salaryMonths: new Set(), penaltyFees: 0 };
  index.visit(userId, lastMonths(asOf, SALARY_MONTHS), (row, time) => {
    const category = index.category[row];
    const amount = index.amount[row]!;
    if ((category === 'salary' || category === 'pension') && amount > 0)
      found.salaryMonths.add(Math.floor((asOf - time) / MONTH_MS));
    if (category === 'fees' && amount < 0) found.penaltyFees += 1;
  });
  return found;
}

/** Age of the credit history, months with salary, and fees. */
export const creditHistory = defineGroup({
  columns: {
    accounts: ['user_id', 'opened_at', 'kind', 'credit_limit'],
    loans: ['user_id', 'disbursed_at'],
    transactions: [...bookingColumns, 'category', 'amount'],
  },
  fields: {
    creditHistoryMonths: { unit: 'months', description: 'Since the first loan or credit card; 0 without either.' },
    salaryMonthsShare: { unit: 'share', description: 'Share of the last 6 months with a salary or pension.' },
    feesCount6Months: { unit: 'count', description: 'Fees charged, such as for returned debits, last 6 months.' },
  },
  prepare(tables) {
    const index = transactionsOf(tables);
    const loans = indexEvents(tables.loans, 'user_id', 'disbursed_at');
    const accounts = indexEvents(tables.accounts, 'user_id', 'opened_at');
    const kinds = textsOf(tables.accounts, 'kind');
    const limits = numbersOf(tables.accounts, 'credit_limit');
    return (userId, asOf) => {
      let first = Infinity;
      accounts.visit(userId, before(asOf), (row, openedAt) => {
        if (kinds[row] === 'credit_card' && !Number.isNaN(limits[row])) first = Math.min(first, openedAt);
      });
      loans.visit(userId, before(asOf), (_row, disbursedAt) => void (first = Math.min(first, disbursedAt)));
      const { salaryMonths, penaltyFees } = salaryAndFees(index, userId, asOf);
      const history = (asOf - index.firstBefore(userId, asOf)) / MONTH_MS;
      return {
        creditHistoryMonths: first === Infinity ? 0 : (asOf - first) / MONTH_MS,
        salaryMonthsShare: ratio(salaryMonths.size, Math.min(SALARY_MONTHS, Math.ceil(history))),
        feesCount6Months: penaltyFees,
      };
    };
  },
});
