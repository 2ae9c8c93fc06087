import { wordings } from './grammar.js';

/** Wordings of `fixed_deposit`: fixed deposits. */
export const fixedDepositWordings = wordings(`
  [open|start|create|book|make|put money in] [a|an|my|another|] [fixed deposit|fd|term deposit|recurring deposit|rd|deposit] [of {AMOUNT}|for one year|for {AMOUNT} for two years|online|from {ACCOUNT}|please|]
  [what is|what's|tell me|how much is|show] the [interest rate|rate|interest|current rate|best rate] [on|for|of] [a|an|] [fd|fixed deposit|term deposit|deposit for two years|recurring deposit|senior citizen fd]
  [fd|fixed deposit|term deposit|rd] [rates|interest rates|interest|rate|calculator|maturity|scheme|certificate|renewal|details|penalty] [please|for seniors|for one year|{DATE}|]
  [break|close|withdraw|liquidate|redeem|cancel|end] [my|the|an] [fd|fixed deposit|term deposit|rd|deposit of {AMOUNT}] [early|before maturity|and credit my account|prematurely|]
  [when|on what date] [does|will|is|did] my [fd|fixed deposit|deposit|term deposit|rd] [mature|maturing|end|due]
  [how much|what] [will I|would I|do I] [get|earn|receive] [on|from|for] [an fd|a fixed deposit|a deposit|my fd] [of {AMOUNT}|for one year|at maturity|if I break it|]
  [renew|extend|auto renew|continue] my [fd|fixed deposit|deposit|term deposit] [for a year|please|on {DATE}|]
  [I want to|I'd like to|I need to|how do I|how to|can I] [open|make|start|break|book|lock {AMOUNT} in|invest in|put {AMOUNT} in] [a|an|my] [fd|fixed deposit|term deposit|recurring deposit]
  [put|invest|lock|keep|place] [{AMOUNT}|my bonus|my money|some money] in [an fd|a fixed deposit|a term deposit|a deposit] [for a year|for two years|until {DATE}|]
  my [fd|fixed deposit|term deposit] [matured|has matured|is maturing|matures] [{DATE}|], [what now|renew it|credit the amount|]
  [show|list|see|view|check] [my|all my|the] [fds|fixed deposits|deposits|fd maturity dates|deposit details|fd interest]
  [penalty|charge|what happens|tax] [for|on|if I make] [breaking an fd|premature withdrawal of a deposit|fd interest|closing my deposit early]
  [minimum|maximum] [amount|period|tenure] [for|of] [a fixed deposit|an fd|a deposit|an rd]
  [which|what] [tenure|period|deposit|scheme] [gives|has] the [highest|best] [fd rate|interest|deposit rate]
  [interest|amount] [earned|paid|accrued|credited] on my [fd|fixed deposit|deposit] [{DATE}|so far|]
  [change|add|update] [the|a] nominee [on|of|to] my [fd|fixed deposit|deposit]
  [kindly|please] [open|book|renew|liquidate|close] [a|my] [fixed deposit|term deposit|fd] [of {AMOUNT}|for three years|]
  [senior citizen|special|tax free|monthly payout|cumulative|five year] [fd|fixed deposit|deposit] [rates|scheme|please|of {AMOUNT}]
  [start|open] a [recurring deposit|rd|monthly deposit] of {AMOUNT}
  [difference between|compare|explain] [fd and rd|a fixed deposit and a recurring deposit|term deposits]
  [tell me|I want to know|information] about [fixed deposits|fds|term deposits|the fd scheme]
  hi:[fd|{AMOUNT} ki fd|fixed deposit] [karwani hai|todna hai|khulwana hai|banao|par kitna byaj hai]
  fixed deposit for my [mother|father|daughter|son|parents] [, what rate|of {AMOUNT}|please]
`);
