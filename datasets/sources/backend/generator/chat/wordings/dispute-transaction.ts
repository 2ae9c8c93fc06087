import { wordings } from './grammar.js';

/** Wordings of `dispute_transaction`: disputing a transaction. */
export const disputeTransactionWordings = wordings(`
  I [did not|didn't|never] [make|authorise|approve|do] [this|that|the|a] [payment|transaction|purchase|transfer|withdrawal|charge] [of {AMOUNT}|at {MERCHANT}|on {DATE}|]
  [there is|there's|I see|I found|I noticed] [a|an|some] [charge|transaction|debit|payment|withdrawal] [I don't recognise|I did not make|I do not know|that isn't mine|I never made|I know nothing about] [on my account|on my card|from {MERCHANT}|]
  [I was|I got|I have been|I've been] [charged|billed|debited] [twice|two times|double|too much|wrongly|the wrong amount|again] [by {MERCHANT}|at {MERCHANT}|for the same thing|{AMOUNT}|]
  [dispute|contest|challenge|report|reverse] [a|the|this|that] [transaction|charge|payment|debit|purchase|duplicate charge] [of {AMOUNT}|from {MERCHANT}|at {MERCHANT}|on {DATE}|]
  [I want to|I need to|I'd like to|how do I|can I] [dispute|contest|report|raise a complaint about|challenge] [a|the|this] [fraudulent|wrong|unknown|unauthorised|suspicious|] [transaction|charge|payment|debit|withdrawal]
  [unauthorised|unauthorized|unknown|fraudulent|suspicious|strange|wrong|duplicate|unfamiliar] [transaction|charge|debit|payment|withdrawal|purchase] [on my account|on my card|of {AMOUNT}|at {MERCHANT}|on {DATE}]
  [someone|somebody|a hacker|a stranger] [used|has used|misused|hacked into] my [card|account|card details] [without permission|to buy things|at {MERCHANT}|and took {AMOUNT}|to make a purchase]
  [money|{AMOUNT}] [was taken|was deducted|was debited|has gone|disappeared|was stolen|was withdrawn] from [my account|{ACCOUNT}] [without my knowledge|and it wasn't me|without permission|but I bought nothing]
  [that|this|it] [wasn't|was not|isn't] [me|mine|my transaction|my purchase|done by me] [, reverse it|at {MERCHANT}|, I want the money back|]
  [I have been|I was|I got] [scammed|cheated|defrauded|tricked|a victim of fraud] [online|of {AMOUNT}|by a caller|by {MERCHANT}|]
  [{MERCHANT}|the merchant|the shop|the hotel] [charged me|took|billed] [{AMOUNT} instead of {AMOUNT}|twice|extra|more than agreed|the wrong amount|{AMOUNT} too much]
  [fraud|scam|theft] [on my account|on my card|transaction|of {AMOUNT}|, help|alert]
  [the atm|the machine|the cash machine] [did not give|gave no|did not dispense|gave less] [cash|money] but [my account was debited|{AMOUNT} was deducted|I was charged]
  [why|what] [was I charged|is this charge|is this debit|was my account debited|did {MERCHANT} charge me] [{AMOUNT}|for|from {MERCHANT}|on {DATE}], [I did not buy anything|I don't know it|I don't recognise it]
  [file|raise|open|start|register] a [dispute|chargeback|complaint|fraud report|claim] [for|about|against] [a wrong transaction|{MERCHANT}|the charge of {AMOUNT}|a double debit|this payment]
  [paid|I paid] for [something|an item|an order] that [never arrived|was not delivered|I returned|was cancelled], [dispute it|the seller won't pay back, I want to dispute|I want a chargeback]
  [double|duplicate|extra] [debit|charge|payment|billing] [by {MERCHANT}|for the same order|of {AMOUNT}|on {DATE}]
  [kindly|please] [investigate|look into|reverse|check] [a|the|an] [transaction|debit|unauthorised withdrawal|payment] [I did not authorise|not done by me|of {AMOUNT} on {DATE}]
  [who|what] is [this|the] [company|merchant|person] that [took|charged|debited] {AMOUNT} [from me|], [I don't know them|never heard of it]
  [a|there's a] [cash withdrawal|direct debit|card payment|purchase] [I did not do|I didn't set up|not made by me|from a country I never visited] [on my statement|in my account|]
  hi:[yeh|ye] [payment|transaction] [maine nahi kiya|galat hai|mera nahi hai]
  hi:[bina bataye|galat] [paise kat gaye|transaction hua hai|debit hua] [complaint karni hai|]
  my [card|account] was [used|debited] [at {MERCHANT}|in another city|abroad|twice] [but I was not there|without me|by someone else]
`);
