import { OUT_OF_SCOPE } from '../intents.js';
import { accountStatementWordings } from './account-statement.js';
import { applyLoanWordings } from './apply-loan.js';
import { billDueWordings } from './bill-due.js';
import { budgetStatusWordings } from './budget-status.js';
import { cancelSubscriptionWordings } from './cancel-subscription.js';
import { cardBlockWordings } from './card-block.js';
import { cardLimitWordings } from './card-limit.js';
import { checkBalanceWordings } from './check-balance.js';
import { creditScoreWordings } from './credit-score.js';
import { disputeTransactionWordings } from './dispute-transaction.js';
import { fixedDepositWordings } from './fixed-deposit.js';
import { forecastSpendingWordings } from './forecast-spending.js';
import { investmentAdviceWordings } from './investment-advice.js';
import { loanEligibilityWordings } from './loan-eligibility.js';
import { loanEmiStatusWordings } from './loan-emi-status.js';
import { outOfScopeWordings } from './out-of-scope.js';
import { payBillWordings } from './pay-bill.js';
import { refundStatusWordings } from './refund-status.js';
import { requestMoneyWordings } from './request-money.js';
import { rewardsWordings } from './rewards.js';
import { savingsGoalWordings } from './savings-goal.js';
import { setBudgetWordings } from './set-budget.js';
import { spendingSummaryWordings } from './spending-summary.js';
import { talkToAgentWordings } from './talk-to-agent.js';
import { taxSavingWordings } from './tax-saving.js';
import { transactionHistoryWordings } from './transaction-history.js';
import { transferMoneyWordings } from './transfer-money.js';
import { updateProfileWordings } from './update-profile.js';
import { upiIssueWordings } from './upi-issue.js';
import type { Wording } from './grammar.js';

export { drawAlternatives, type Wording } from './grammar.js';

const wordings: Readonly<Record<string, readonly Wording[]>> = {
  account_statement: accountStatementWordings,
  apply_loan: applyLoanWordings,
  bill_due: billDueWordings,
  budget_status: budgetStatusWordings,
  cancel_subscription: cancelSubscriptionWordings,
  card_block: cardBlockWordings,
  card_limit: cardLimitWordings,
  check_balance: checkBalanceWordings,
  credit_score: creditScoreWordings,
  dispute_transaction: disputeTransactionWordings,
  fixed_deposit: fixedDepositWordings,
  forecast_spending: forecastSpendingWordings,
  investment_advice: investmentAdviceWordings,
  loan_eligibility: loanEligibilityWordings,
  loan_emi_status: loanEmiStatusWordings,
  pay_bill: payBillWordings,
  refund_status: refundStatusWordings,
  request_money: requestMoneyWordings,
  rewards: rewardsWordings,
  savings_goal: savingsGoalWordings,
  set_budget: setBudgetWordings,
  spending_summary: spendingSummaryWordings,
  talk_to_agent: talkToAgentWordings,
  tax_saving: taxSavingWordings,
  transaction_history: transactionHistoryWordings,
  transfer_money: transferMoneyWordings,
  update_profile: updateProfileWordings,
  upi_issue: upiIssueWordings,
  [OUT_OF_SCOPE]: outOfScopeWordings,
};

/** Whole wordings of an intent. @param intent - a name of `intents`, or `OUT_OF_SCOPE`. */
export const wordingsOf = (intent: string): readonly Wording[] => wordings[intent]!;
