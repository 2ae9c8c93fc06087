/** Other names that files of transactions have for the columns of the layouts, as `FileFormat.aliases`. */
export const transactionAliases: Readonly<Record<string, readonly string[]>> = {
  transactionId: ['transaction', 'txnId', 'id', 'reference', 'transactionReference'],
  customerId: ['customer', 'userId', 'clientId', 'accountId', 'account'],
  bookedAt: ['bookedOn', 'bookingDate', 'transactionDate', 'txnDate', 'date', 'timestamp', 'time'],
  merchant: ['merchantName', 'payee', 'counterparty', 'beneficiary'],
  category: ['transactionCategory', 'spendingCategory'],
};
