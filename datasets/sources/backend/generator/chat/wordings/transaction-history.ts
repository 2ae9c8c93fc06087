import { wordings } from './grammar.js';

/** Wordings of `transaction_history`: looking transactions up. */
export const transactionHistoryWordings = wordings(`
  [show|list|display|view|see|get|give me|pull up|bring up] [my|the|all|] [last|latest|recent|past|previous|old] [few|five|ten|] [transactions|txns|payments|purchases|debits|credits|entries]
  [what|which] [transactions|payments|purchases|debits|credits] [did I make|were made|happened|went through|went out|came in] [on {DATE}|{DATE}|from {ACCOUNT}|recently]
  [transaction|txn|payment|purchase|account] [history|list|log|activity|record] [of {ACCOUNT}|for {DATE}|please|with {MERCHANT}|]
  [recent|latest|last few|my] [transactions|activity|txns|payments|debits|credits|movements] [on {ACCOUNT}|on my account|at {MERCHANT}|please|]
  [I want to|I need to|I'd like to|can I|could I|let me] [see|check|view|look at|go through|review] [my|all|the] [transactions|past transactions|recent payments|account activity|card transactions] [from {DATE}|at {MERCHANT}|]
  [when|where] did I [last|] [pay|use my card at|buy something at|withdraw cash at] [{MERCHANT}|an atm|the shop]
  [did|has|have] [my salary|the payment to {PERSON}|money from {PERSON}|the payment at {MERCHANT}] [come in|go through|arrive|arrived|gone through] [{DATE}|yet|]
  [have I paid|did I pay] [{PERSON}|{MERCHANT}] [already|{DATE}|yet]
  [who|which people] [sent|paid|transferred] me [money|{AMOUNT}] [{DATE}|recently]
  [find|search for|look up|look for|locate] [the|my|a] [payment|transaction|purchase|debit|transfer] [to {MERCHANT}|of {AMOUNT}|to {PERSON}|on {DATE}|at {MERCHANT}]
  [all|any] [transactions|debits|credits|payments] [above|over|of|more than|below] {AMOUNT}
  [what did I|what have I] [buy|bought|purchase|pay for] [on {DATE}|{DATE}|at {MERCHANT}|last]
  [kindly|please] [share|provide|display|furnish] [the|] [details|list] of [transactions|payments|credits and debits] [on {DATE}|for {DATE}|in {ACCOUNT}]
  [what was|show] the [last|latest|most recent] [transaction|debit|credit|payment|withdrawal|deposit|amount debited|amount credited]
  [passbook|ledger] [entries|transactions] [of {DATE}|please|]
  how many times did I [pay|use|order from|go to] {MERCHANT} {DATE}
  [any|is there any] [new|pending|recent] [transaction|transactions|payment|activity] [on my account|in {ACCOUNT}|{DATE}]
  [neft|imps|atm|card|upi|online] [transactions|payments|withdrawals|history] [{DATE}|please|of {ACCOUNT}]
  hi:[pichle|purane|aaj ke|sabhi] [transactions|len den|payments] [dikhao|batao|dekhna hai]
  hi:[aakhri|last] [transaction|payment] [kya tha|kab hua|dikhao]
  what [went out of|came into|was taken from|was deposited into] [my account|{ACCOUNT}] {DATE}
`);
