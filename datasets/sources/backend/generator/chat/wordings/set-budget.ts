import { wordings } from './grammar.js';

/** Wordings of `set_budget`: setting a budget. */
export const setBudgetWordings = wordings(`
  [set|create|make|start|add|define|fix|set up|establish] [a|my|the|me a|] [new|monthly|weekly|] budget [of {AMOUNT}|for {CATEGORY}|of {AMOUNT} for {CATEGORY}|]
  [limit|restrict|cap|keep] my [{CATEGORY}|monthly|weekly|total|] [spending|expenses|spends|budget] [to|at|below|under] {AMOUNT}
  [change|update|edit|adjust|increase|raise|lower|reduce|decrease|modify] [my|the] [{CATEGORY} budget|budget|monthly budget|budget for {CATEGORY}] [to {AMOUNT}|by {AMOUNT}|]
  [I want to|I'd like to|I need to|I would like to|help me|can you help me] [set|make|create|plan|fix|budget] [a budget|a monthly budget|{AMOUNT} for {CATEGORY}|limits for {CATEGORY}|a spending limit]
  [put|place|set] [a|an] [limit|cap|ceiling|spending limit|upper limit] [of {AMOUNT}|] on [my {CATEGORY}|{CATEGORY} spending|my spending|my expenses|eating out|how much I spend on {CATEGORY}]
  [I don't want to|I should not|make sure I don't|don't let me] spend more than {AMOUNT} [on {CATEGORY}|a month|each week|per month]
  [I only want to|I want to|I will] spend [only|at most|no more than|just|] {AMOUNT} [on {CATEGORY}|per month|a week], [set that|make it my budget|please set it up]
  [{CATEGORY}|monthly|weekly|household|total] budget [{AMOUNT}|of {AMOUNT}|should be {AMOUNT}|at {AMOUNT}] [please|set|per month|]
  [allocate|assign|set aside|reserve|budget] {AMOUNT} [as my budget|for {CATEGORY}|as a budget for {CATEGORY}] [each month|per month|]
  [alert|warn|notify|tell] me when I [spend|cross|reach|have spent] [more than|over|] {AMOUNT} [on {CATEGORY}|a month|], [set this as a budget|make that the limit|as my budget]
  [how do I|how can I|where can I|can I] [set|create|make|change|start] [a budget|my budget|a budget for {CATEGORY}|spending limits]
  [remove|delete|cancel|reset] [my|the] [budget|{CATEGORY} budget|budget for {CATEGORY}]
  [kindly|please] [fix|define|set|create] [a budget|my monthly expenditure|a spending ceiling|a category wise budget] [of {AMOUNT}|for {CATEGORY}|at {AMOUNT}]
  [I spend|I am spending] too much on {CATEGORY}, [set a limit|give me a budget|limit it to {AMOUNT}|put a cap of {AMOUNT}]
  [new|category wise] [budget|budgets|budget limit] [for {CATEGORY}|plan|please|]
  [from {DATE}|starting {DATE}] [limit|restrict|keep] [my|] {CATEGORY} [spending|expenses] [to|within] {AMOUNT}
  [double|halve|raise|tighten|loosen|reset] [my|the] [{CATEGORY} budget|budget|monthly budget] [please|now|from {DATE}|]
  hi:[{CATEGORY} ka|mahine ka|mera] budget [{AMOUNT} kar do|set karo|banana hai|{AMOUNT} ka bana do]
  set [a|my] [spending|savings|monthly] [target|limit] of {AMOUNT} for [{CATEGORY}|the month|{DATE}]
`);
