import { wordings } from './grammar.js';

/** Wordings of `account_statement`: asking for a statement. */
export const accountStatementWordings = wordings(`
  [send|email|mail|give|get|provide|share] [me|] [my|the|a|an] [bank|account|monthly|card|credit card|yearly|] [statement|statements|e-statement|stmt] [for {DATE}|of {ACCOUNT}|please|as pdf|]
  [download|print|export|generate|create|view|open] [my|the|a|] [bank|account|card|] [statement|statements|estatement] [for {DATE}|in pdf|as excel|of {ACCOUNT}|]
  [statement|bank statement|account statement|mini statement|e-statement|statement of account] [for {DATE}|pdf|please|of {ACCOUNT}|for the last six months|]
  [I need|I want|I require|I would like|I'd like|need|want] [my|a|the|] [bank|account|] statement [for a visa|for a loan|for my tax return|for my employer|urgently|for {DATE}|from {DATE} to {DATE}]
  [how do I|how can I|where do I|where can I|how to] [get|download|find|see|request] [my|a|the] [bank statement|statement|account statement|old statements]
  [can|could|would] you [send|mail|email|give] me [my|the|a copy of my] [statement|bank statement] [for {DATE}|by email|as a pdf|]
  [last|past] [three|six|two|twelve|few] [months|month] [statement|bank statement|account statement] [needed|please|required|pdf]
  [my|the] [statement|monthly statement] [has not come|did not arrive|was not sent|is missing|for {DATE} is missing]
  [password of|how to open] [my|the] [statement|statement pdf|e-statement]
  [kindly|please] [provide|email|issue|dispatch] [a|the|my] [stamped|signed|official|printed|detailed|] [statement|bank statement|account statement] [for {DATE}|of {ACCOUNT}|]
  [export|send] [my|all] [transactions|account entries] as [a pdf|an excel file|csv]
  [subscribe me to|switch to|start sending] [e-statements|paperless statements|statements by email]
  [passbook|account summary] [pdf|printout|copy] [for {DATE}|]
  statement for [the financial year|the period from {DATE} to {DATE}|the last quarter|half a year]
  my [accountant|embassy|landlord|employer] [needs|wants|asks for] [my|the] [bank statement|statement|statements]
  hi:[bank|khate ka|account ka|] statement [chahiye|bhej do|nikalna hai|download karna hai]
`);
