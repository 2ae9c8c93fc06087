import { wordings } from './grammar.js';

/** Wordings of `check_balance`: asking for the balance of an account. */
export const checkBalanceWordings = wordings(`
  [what is|what's|whats|wats] [my|the|our] [current|available|remaining|present|total|] [balance|account balance|bank balance] [now|right now|at the moment|in {ACCOUNT}|]
  [how much|what amount of] [money|cash|funds] [do I have|have I got|is there|is left|is available] [in {ACCOUNT}|in my account|in the bank|to spend|]
  how much [is|do I have|have I] [there|left|remaining|available] [in {ACCOUNT}|in my account|in my bank account|now]
  [check|see|view|display|show|tell|give|get|know] [me|] [my|the] [balance|account balance|bal|available balance|available funds] [of {ACCOUNT}|in {ACCOUNT}|for account {ACCOUNT}|]
  [balance|bal|current balance|available balance|balance enquiry|balance check] [in {ACCOUNT}|for {ACCOUNT}|please|pls|now|]
  [can|could|would] you [tell|show|give|share with|let] me [know|] [my|the] [balance|remaining balance|amount in my account|money in my account]
  [I want to|I need to|I would like to|I'd like to|let me] [know|check|see|find out] [how much money is in|what is in|the balance of|the funds in] [my account|{ACCOUNT}|my bank account]
  [do I have|is there|have I got] [enough|sufficient|at least {AMOUNT}|any] [money|funds|balance] [in {ACCOUNT}|in my account|left|for a payment of {AMOUNT}]
  [is|has] [my account|{ACCOUNT}] [overdrawn|empty|below the minimum|gone below {AMOUNT}|negative]
  am I [out of money|running low on money|low on balance|in the red|short of money]
  [kindly|please] [inform me of|confirm|share|provide|update me on] [the|my] [balance|available balance|account balance|closing balance] [as on {DATE}|as of {DATE}|in {ACCOUNT}|]
  [what|how much] [was|is] [the closing|the opening|the ledger|my] balance [on {DATE}|in {ACCOUNT}|after the last withdrawal|after my salary came]
  [my salary came in|I just got paid|I withdrew {AMOUNT}|rent went out], [how much do I have now|what is the balance now|how much is left]
  [total|combined|overall] [balance|money|funds] [across|in] [all|both] [my|] accounts
  hi:[mere|mera] [account|khate|bank] [me|mein|ka] [kitna|kitne] [paisa|paise|balance|rupaye] [hai|hain|bacha hai]
  hi:[balance|khata balance|paisa] [check karo|batao|dikhao|kitna bacha|kitna hai]
  money [in the bank|in my account|left]
`);
